import type { SessionService } from '@holdfast/session';

/**
 * What a service answers to a call of each kind, also to those that it refuses: as text, so that a
 * number and its digits differ. Nothing in it depends on when and where it was asked.
 */
export async function answersOf(service: SessionService, appName: string): Promise<string> {
  const key = { appName, userId: 'ada', sessionId: 's' };
  const other = { ...key, userId: 'bob' };
  const user = { scope: 'user', appName, userId: 'ada' } as const;
  const app = { scope: 'app', appName } as const;
  const state = { 'a b': '𝄞', n: 10, 'user:n': 1, 'app:n': 1 };
  const change = (n: number) => ({ stateDelta: { n }, removedStateKeys: ['a b'] });
  const event = (n: number, timestamp: number) => ({
    id: `e${n}`,
    invocationId: 'i',
    author: 'user',
    timestamp,
    actions: change(n),
  });
  const ten = Array.from({ length: 10 }, (_, i) => event(i + 1, AFTER + i));
  const all = { appName, allUsers: true, includeState: true, includeTotal: true } as const;
  const calls: readonly (() => Promise<unknown>)[] = [
    () => service.create({ ...key, state }),
    () => service.create(key),
    () => service.getOrCreate(key),
    () => service.getOrCreate({ ...other, state: { n: 2 } }),
    () => service.appendEvent({ ...key, event: event(0, AFTER), expectedRevision: 0 }),
    () => service.appendEvents({ ...key, events: ten }),
    () => service.appendEvent({ ...key, event: event(3, AFTER + 2) }),
    () => service.appendEvent({ ...key, event: event(3, AFTER) }),
    () => service.appendEvent({ ...key, event: event(12, AFTER), expectedRevision: 10 }),
    () => service.appendEvent({ ...key, event: event(12, 5) }),
    () => service.appendEvents({ ...key, events: [event(0, AFTER), event(13, 7)] }),
    () => service.appendEvent({ ...key, sessionId: 'none', event: event(0, 1) }),
    () => service.get(key),
    () => service.get({ ...key, numRecentEvents: 2 }),
    () => service.get({ ...key, afterTimestamp: AFTER + 4 }),
    () => service.get({ ...key, sessionId: 'none' }),
    () => service.listEvents({ ...key, limit: 3 }),
    () => service.listEvents({ ...key, afterSeq: 8, order: 'desc' }),
    () => service.listEvents({ ...key, sessionId: 'none' }),
    () => service.list({ appName, userId: 'ada', includeTotal: true }),
    () => service.list({ ...all, order: 'asc' }),
    () => service.updateState({ ...user, set: { m: null }, remove: ['n'] }),
    () => service.updateState({ ...app, set: { m: [1, '1'] } }),
    () => service.getState(user),
    () => service.getState(app),
    () => service.delete(other),
    () => service.delete(other),
    () => service.list(all),
  ];
  const answers: unknown[] = [];
  for (const call of calls) {
    answers.push(
      await call().then(
        (answer) => answer ?? 'nothing',
        ({ code, path, revision }) => ({ code, path, revision }),
      ),
    );
  }
  return JSON.stringify(answers, (name, value) => (name === 'incarnation' ? undefined : value), 1);
}

/** A time after that of `clock`. */
const AFTER = 2_000_000;

/** A clock for services whose answers are compared. */
export const clock = () => 1_000_000;
