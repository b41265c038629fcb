import assert from 'node:assert/strict';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, idsOf, newSession, newSessionWithEvents, read, seqsOf } from '../scenario.ts';

/** A session, and the summary of it, with state and without. */
async function newSessionWithSummaries(context: CaseContext) {
  const { service } = context;
  const session = await read(service, await newSession(context, { own: 1 }));
  const { appName, userId } = session;
  const { sessions } = await service.list({ appName, userId });
  const { sessions: withState } = await service.list({ appName, userId, includeState: true });
  return { session, summaries: [...sessions, ...withState] };
}

/** What a service gives is a key of the session: nobody has to take it apart. */
export const sessionAsKeyCases = casesOf('identity', [
  {
    title: 'accepts a session, or a summary of one, as its key',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 2);
      const session = await read(service, key);
      const [summary] = (await service.list(session)).sessions;
      assert.ok(summary !== undefined, 'the session must be in the list');
      for (const each of [session, summary]) {
        assert.deepEqual((await read(service, each)).toJSON(), session.toJSON());
        assert.deepEqual(idsOf((await service.listEvents(each)).events), ['e1', 'e2']);
      }
      assert.equal(await service.delete(summary), true);
      assert.equal(await service.delete(session), false);
    },
  },
  {
    title: 'accepts the fields of a session, or of a summary, in an append',
    async run(context) {
      const { service } = context;
      const { session, summaries } = await newSessionWithSummaries(context);
      for (const [i, each] of [session, ...summaries].entries()) {
        const event = { timestamp: at(i) };
        const stored = await service.appendEvent({ ...each, event });
        const more = await service.appendEvents({ ...each, events: [event, event] });
        assert.deepEqual(seqsOf([stored, ...more]), [3 * i + 1, 3 * i + 2, 3 * i + 3]);
      }
      const { revision, state } = await read(service, session.key);
      assert.deepEqual([revision, state.toJSON()], [9, { own: 1 }]);
    },
  },
]);
