import assert from 'node:assert/strict';
import { importRecords } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { recordsOfSession } from '../moving.ts';
import { answersOf, type Instances, raceCases, turnOf } from '../race.ts';
import { read, upTo } from '../scenario.ts';

const ROUNDS = 3;
const counts = { sessions: 0, events: 0, states: 0, present: 0, incomplete: 0 };

/** Many import the same at once: it is there once, and none fails. */
async function expectOneImported(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const { key, records } = await recordsOfSession(context, round % 2 === 0 ? 4 : 300);
    const imports = upTo(4).map((n) => async () => {
      try {
        return await importRecords(turnOf(instances, n), records);
      } catch (error) {
        // Another import has begun anew in the midst of this one.
        await expectError(() => Promise.reject(error), { code: 'conflict', path: 'part' });
        return counts;
      }
    });
    const results = await answersOf(imports, { round, random: context.random });
    const written = results.reduce((sum, { sessions }) => sum + sessions, 0);
    assert.ok(written <= 1, 'one of them writes it');
    if (written === 0) await importRecords(instances[0], records);
    for (const service of new Set(instances)) {
      const session = await read(service, key);
      const { length } = records;
      assert.deepEqual([session.revision, session.events.length], [length - 1, length - 1]);
      assert.equal(session.state.size, length);
    }
  }
}

/** Whoever creates the session of an id that is imported at the same moment has it, or the import. */
async function expectOneOrTheOther(context: CaseContext, instances: Instances): Promise<void> {
  for (const round of upTo(ROUNDS).keys()) {
    const { key, records } = await recordsOfSession(context, 5);
    const create = async () => {
      const session = await instances[0].getOrCreate({ ...key, state: { mine: 1 } });
      return session.state.get('mine') === 1 ? 'mine' : 'imported';
    };
    const move = async () => {
      const { sessions } = await importRecords(instances[1], records);
      return sessions === 1 ? 'imported' : 'mine';
    };
    const answers = await answersOf([create, move], { round, random: context.random });
    assert.equal(new Set(answers).size, 1, 'both know whose session it is');
    for (const service of new Set(instances)) {
      const { state, revision } = await read(service, key);
      const seen = [state.get('mine'), state.get('own'), revision];
      assert.deepEqual(seen, answers[0] === 'mine' ? [1, undefined, 0] : [undefined, 'old', 5]);
    }
  }
}

export const importRaceCases = casesOf('concurrency', [
  ...raceCases({
    title: 'imports a session once that many import at the same moment',
    needs: 'importSession',
    run: expectOneImported,
  }),
  ...raceCases({
    title: 'has the session that was imported, or the one that was created at the same moment',
    needs: 'importSession',
    run: expectOneOrTheOther,
  }),
]);
