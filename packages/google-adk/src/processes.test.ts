import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event } from '@google/adk';
import { SqliteSessionService } from '@holdfast/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import type { RunnerOptions } from './runner-process.fixture.ts';
import { text } from './scripted-model.fixture.ts';
import { lastText } from './shop.fixture.ts';
import { tempFolder } from './stores.fixture.ts';

const folder = tempFolder();
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Takes the turns in a process of their own, which is then killed. */
async function takeTurnsElsewhere(options: RunnerOptions): Promise<Event[][]> {
  const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
  const file = fileURLToPath(new URL('./runner-process.fixture.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(options)], { env, execArgv: ['--import', 'tsx'] });
  running.add(child);
  const exit = once(child, 'exit');
  const turns: Event[][] = [];
  while (turns.length < options.turns.length) {
    const [message] = await Promise.race([
      once(child, 'message'),
      exit.then(([code]) => Promise.reject(new Error(`the process has ended with ${code}`))),
    ]);
    turns.push(message as Event[]);
  }
  child.kill('SIGKILL');
  await exit;
  running.delete(child);
  return turns;
}

describe('a conversation in a SQLite file', () => {
  it('goes on in another process, in the middle of a confirmation and with another agent', async () => {
    const url = `sqlite:${join(folder, 'chat.db')}`;
    const sessionId = 'one';
    const [, asked] = await takeTurnsElsewhere({
      url,
      sessionId,
      turns: [[text('add book')], [text('close')]],
    });
    const request = asked
      ?.flatMap((event) => event.content?.parts ?? [])
      .find((part) => part.functionCall?.name === 'adk_request_confirmation');
    const id = request?.functionCall?.id ?? 'none';

    const name = 'adk_request_confirmation';
    const answer = { functionResponse: { id, name, response: { confirmed: true } } };
    const [closed, helped] = await takeTurnsElsewhere({
      url,
      sessionId,
      turns: [[answer], [text('help')]],
    });
    expect(lastText(closed ?? [])).toBe('done: {"closed":true}');
    expect(lastText(helped ?? [])).toBe('support here');

    const [after] = await takeTurnsElsewhere({ url, sessionId, turns: [[text('hello')]] });
    expect(after?.map((event) => event.author)).toEqual(['support']);

    const store = await SqliteSessionService.open({ url, driver: 'libsql' });
    const service = new HoldfastSessionService(store);
    const session = await service.getSession({ appName: 'shop', userId: 'ada', sessionId });
    expect(session?.state).toEqual({
      'user:name': 'Ada',
      'user:last_item': 'book',
      'app:items_sold': 1,
      cart: ['book'],
      closed: true,
      last_answer: 'done: {"closed":true}',
    });
    await store.close();
  });
});
