import { isHoldfastError, type SessionService } from '@holdfast/session';

// The latest time that there is: the largest integer that a store is given.
const LATEST = 8.64e15;

// Texts that a client could make something else of.
const TEXTS = [
  '',
  '1',
  '1e3',
  '9007199254740993',
  'true',
  'null',
  '2026-01-01',
  '{"a":1}',
  "'?:a\\",
];

// Longer than what a server is sent in one go.
const LARGE = '\\"ä'.repeat(110_000);

/**
 * Makes every call, and gives what was answered: two clients of one database that are set up in
 * different ways must give the same. `appName` must be new; the service must have a clock that stands
 * still.
 */
export async function transcribe(service: SessionService, appName: string): Promise<unknown> {
  const answers: Record<string, unknown> = {};
  const note = async (call: string, answer: Promise<unknown>) => {
    answers[call] = await answer.then(
      (value) => value ?? String(value),
      (error: unknown) => {
        if (!isHoldfastError(error)) throw error;
        return { code: error.code, revision: error.revision };
      },
    );
  };

  const user = { appName, userId: 'ada' };
  const key = { ...user, sessionId: '1' };
  const texts = Object.fromEntries(TEXTS.map((text, i) => [`text ${i}`, text]));
  const state = { ...texts, number: 1.5, gone: 1, 'user:1': null, 'app:1': [1], 'app:gone': 1 };
  const events = TEXTS.map((text, i) => ({
    id: `event ${i}`,
    author: text,
    invocationId: 'run',
    timestamp: i === 0 ? LATEST : i,
    content: { role: 'user', parts: [{ text }] },
    actions: { stateDelta: { [`key ${i}`]: text, 'user:last': i }, removedStateKeys: ['app:gone'] },
  }));
  const [first = {}, second = {}, ...rest] = events;

  await note('get nothing', service.get(key));
  await note('append to nothing', service.appendEvent({ ...key, event: first }));
  await note('list events of nothing', service.listEvents(key));
  await note('delete nothing', service.delete(key));
  await note('create', service.create({ ...key, state }));
  await note('create again', service.create(key));
  await note('get or create', service.getOrCreate(key));
  await note('get or create another', service.getOrCreate({ ...key, sessionId: '2', state }));
  await note('append', service.appendEvent({ ...key, event: first }));
  await note(
    'append, given a revision',
    service.appendEvent({ ...key, event: second, expectedRevision: 1 }),
  );
  await note('append again', service.appendEvent({ ...key, event: second, expectedRevision: 1 }));
  await note(
    'append too late',
    service.appendEvent({ ...key, event: { id: 'late' }, expectedRevision: 1 }),
  );
  await note(
    'append the id of another',
    service.appendEvent({ ...key, event: { ...first, author: 'eve' } }),
  );
  await note('append many', service.appendEvents({ ...key, events: rest, expectedRevision: 2 }));
  await note('append many again', service.appendEvents({ ...key, events: rest }));
  const large = { id: 'large', timestamp: 7, author: LARGE, invocationId: 'run' };
  await note('append a large one', service.appendEvent({ ...key, event: large }));
  await note('get', service.get(key));
  await note('get the last', service.get({ ...key, numRecentEvents: 2 }));
  await note('get the late', service.get({ ...key, afterTimestamp: 6 }));
  await note('get none', service.get({ ...key, numRecentEvents: 0 }));
  await note('list events', service.listEvents({ ...key, afterSeq: 1, beforeSeq: 4 }));
  await note('list events backwards', service.listEvents({ ...key, order: 'desc', limit: 3 }));
  const listed = service.list({ ...user, includeState: true, includeTotal: true, limit: 1 });
  const page = await listed;
  await note(
    'list',
    listed.then(({ sessions, total }) => ({ sessions, total })),
  );
  await note('list the rest', service.list({ ...user, limit: 1, cursor: page.nextCursor }));
  await note(
    'list all',
    service.list({ appName, allUsers: true, order: 'asc', includeTotal: true }),
  );
  await note(
    'set state',
    service.updateState({ scope: 'app', appName, set: { '2': '2' }, remove: ['1'] }),
  );
  await note('get state', service.getState({ scope: 'user', ...user }));
  const labels = Object.fromEntries(TEXTS.map((text, i) => [`label ${i}`, text]));
  await note('label', service.updateSession({ ...key, labels: { set: labels } }));
  await note('get what is labelled', service.get({ ...key, numRecentEvents: 0 }));
  for (const [i, text] of TEXTS.entries()) {
    await note(`list by ${i}`, service.list({ ...user, labels: { [`label ${i}`]: text } }));
  }
  await note(
    'list by two',
    service.list({ ...user, labels: { 'label 1': '1', 'label 2': '1e3' } }),
  );
  await note('list by another', service.list({ ...user, labels: { 'label 1': '1.0' } }));
  await note('take a turn', service.acquireTurn({ ...key, turn: '1' }));
  await note('take a turn again', service.acquireTurn({ ...key, turn: '1' }));
  await note('take the turn of another', service.acquireTurn({ ...key, turn: '1e0' }));
  await note('append without the turn', service.appendEvent({ ...key, turn: '1e0', event: first }));
  await note('end a turn', service.releaseTurn({ ...key, turn: '1' }));
  await note('get an event', service.getEvent({ ...key, eventId: 'event 1' }));
  await note('rewind', service.rewind({ ...key, toSeq: 2 }).then(seqOf));
  await note('fork', service.fork({ ...key, throughSeq: 2, newSessionId: '3' }));
  await note('expire', service.updateSession({ ...key, sessionId: '3', expires: { at: LATEST } }));
  await note(
    'expire at once',
    service.updateSession({ ...key, sessionId: '3', expires: { at: 0 } }),
  );
  await note('get what has expired', service.get({ ...key, sessionId: '3' }));
  await note('sweep', service.sweep({ appName, allUsers: true }));
  await note('delete', service.delete(key));
  await note('delete again', service.delete(key));
  await note('get what was deleted', service.get(key));
  return JSON.parse(JSON.stringify(answers, withoutIncarnation).replaceAll(appName, 'app'));
}

/** The id of a marker is a new one each time. */
function seqOf({ seq }: { readonly seq?: number }): number | undefined {
  return seq;
}

/** No two sessions have the same. */
function withoutIncarnation(name: string, value: unknown): unknown {
  return name === 'incarnation' ? undefined : value;
}
