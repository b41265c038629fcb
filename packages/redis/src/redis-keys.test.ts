import { expect, it } from 'vitest';
import { BUCKETS, bucketOf, memberOf, RedisKeys, splitMember } from './redis-keys.ts';

const keys = new RedisKeys('holdfast');

// Parts of ids that could pass for what stands between them.
const parts = [
  'a',
  ':',
  '{',
  '}',
  '%',
  '*',
  '%3A',
  'a:b',
  '{a}',
  'a}:{b',
  '\\',
  '?',
  '[x]',
  'é',
  '☃',
];

it('gives no two triples of ids the same key', () => {
  const seen = new Map<string, string>();
  for (const appName of parts) {
    for (const userId of parts) {
      for (const sessionId of parts) {
        const all = keys.session({ appName, userId, sessionId });
        const { events, ids, times, state, initial } = all.session;
        for (const name of [events, ids, times, state, initial]) {
          expect(seen.get(name)).toBeUndefined();
          seen.set(name, 'session');
        }
      }
      const { user } = keys.user({ appName, userId });
      for (const name of [user.sessions, user.state, user.expiries, user.labels]) {
        expect(seen.get(name)).toBeUndefined();
        seen.set(name, 'user');
      }
    }
    const { state, stamps, intents, clock } = keys.app(appName);
    for (const name of [state, stamps, intents, clock]) {
      expect(seen.get(name)).toBeUndefined();
      seen.set(name, 'app');
    }
  }
});

it('has all keys of a user under one hash tag, and those of an app under another', () => {
  const tagOf = (name: string) => /^[^{]*\{([^}]+)\}/.exec(name)?.[1];
  for (const appName of parts) {
    for (const userId of parts) {
      const { bucket, user, session } = keys.session({ appName, userId, sessionId: '}{' });
      const tag = tagOf(bucket.metas);
      expect(tag).toMatch(/:[0-9a-f]{2}$/);
      for (const name of [
        bucket.sessions,
        bucket.outbox,
        bucket.versions,
        bucket.details,
        bucket.expiries,
        user.state,
        user.expiries,
        user.labels,
        session.events,
      ]) {
        expect(tagOf(name)).toBe(tag);
      }
      expect(tagOf(keys.app(appName).state)).not.toBe(tag);
    }
  }
});

it('names keys so that they can be told apart by eye', () => {
  const { bucket, user, session } = keys.session({
    appName: 'shop',
    userId: 'ada',
    sessionId: 's 1',
  });
  expect([bucket.metas, user.state, session.events, keys.app('shop').state]).toStrictEqual([
    'holdfast:{shop:b7}:metas',
    'holdfast:{shop:b7}:u:ada',
    'holdfast:{shop:b7}:e:ada:s 1',
    'holdfast:{shop}:state',
  ]);
});

it('spreads users over the buckets, and never moves one', () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 100 * BUCKETS; i++) {
    const bucket = bucketOf(`user-${i}`);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  expect(counts.size).toBe(BUCKETS);
  for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(60);
  // What is stored already lies there.
  expect(['ada', 'é', '☃', '😀', 'user-1'].map(bucketOf)).toStrictEqual([183, 170, 15, 15, 171]);
});

it('takes a member apart into the ids that it was made of', () => {
  for (const userId of parts) {
    for (const sessionId of parts) {
      expect(splitMember(memberOf({ userId, sessionId }))).toStrictEqual({ userId, sessionId });
    }
  }
});
