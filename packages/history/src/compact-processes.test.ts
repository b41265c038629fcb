import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SessionKey, SessionService } from '@holdfast/session';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CompactResult, compact } from './compact.ts';
import { activeOf, allOf, newSession, says, summary, turns } from './conversation.fixture.ts';
import { describeStores, type StoreAddress } from './stores.fixture.ts';

/** A process that compacts sessions of a store. */
function startOther(address: StoreAddress) {
  const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
  const file = fileURLToPath(new URL('./compact-process.fixture.ts', import.meta.url));
  const child: ChildProcess = fork(file, [JSON.stringify(address)], {
    env,
    execArgv: ['--import', 'tsx', '--disable-warning=ExperimentalWarning'],
  });
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`the process has ended with ${code}`);
  });
  exit.catch(() => {});
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), exit]);
    return message as string;
  };
  const ask = (message: object) => {
    const answer = next();
    child.send(message);
    return answer;
  };
  return {
    isReady: next(),
    /** Begins to compact; what it answers: that it summarizes, or what came of it. */
    begin: (key: SessionKey) => ask(key),
    /** Has it append its summary; what came of it. */
    goOn: () => ask({}),
    kill: () => child.kill('SIGKILL'),
  };
}

await describeStores(
  (stores) => {
    let service: SessionService;
    let other: ReturnType<typeof startOther>;
    let third: typeof other;
    beforeAll(async () => {
      const [opened, address] = await stores.openAt();
      service = opened;
      other = startOther(address);
      third = startOther(address);
      await Promise.all([other.isReady, third.isReady]);
    });
    afterAll(() => {
      other?.kill();
      third?.kill();
    });

    function run(key: SessionKey, meanwhile: () => Promise<unknown>): Promise<CompactResult> {
      return compact(service, {
        ...key,
        keep: { events: 2 },
        when: { events: 10 },
        async summarize() {
          await meanwhile();
          return summary('of this process');
        },
      });
    }

    async function expectOneSummary(key: SessionKey): Promise<void> {
      const { shown } = await activeOf(service, key);
      expect(shown.filter((label) => typeof label === 'string')).toEqual(['1-18']);
      expect((await allOf(service, key)).filter(({ actions }) => actions.compaction)).toHaveLength(
        1,
      );
    }

    it('appends one summary if two processes make one, and the second says that it came second', async () => {
      const key = await newSession(service, turns(1, 10));
      const first = await run(key, async () => expect(await other.begin(key)).toBe('summarizing'));
      expect(first.type).toBe('compacted');
      await service.appendEvent({ ...key, event: says('and so on') });
      expect(await other.goOn()).toBe('superseded');
      await expectOneSummary(key);
      expect(await other.begin(key)).toBe('not_due');
    });

    it('says so, too, in the process that began first', async () => {
      const key = await newSession(service, turns(1, 10));
      const second = await run(key, async () => {
        expect(await other.begin(key)).toBe('summarizing');
        expect(await other.goOn()).toBe('compacted');
      });
      expect(second).toMatchObject({ type: 'unchanged', reason: 'superseded' });
      await expectOneSummary(key);
    });

    it('appends one summary if three processes append theirs at the same moment', async () => {
      for (let round = 0; round < 10; round++) {
        const key = await newSession(service, turns(1, 10));
        let others: readonly Promise<string>[] = [];
        const result = await run(key, async () => {
          expect(await other.begin(key)).toBe('summarizing');
          expect(await third.begin(key)).toBe('summarizing');
          others = [other.goOn(), third.goOn()];
        });
        const own = result.type === 'compacted' ? result.type : result.reason;
        const said = [own, ...(await Promise.all(others))].sort();
        expect(said).toEqual(['compacted', 'superseded', 'superseded']);
        await expectOneSummary(key);
      }
    });
  },
  ['SQLite', 'PostgreSQL', 'MySQL or MariaDB', 'Redis'],
);
