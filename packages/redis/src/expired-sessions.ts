import type { SessionKey } from '@holdfast/core';
import type { PreparedSweep } from '@holdfast/session/store';
import { BUCKETS, type BucketKeys, type RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import { findExpired, findUntouched, readMembers, readUntouched } from './scripts/find-expired.ts';

// How many buckets are asked at once: to look at all metas of some is more than to ask an index.
const AT_ONCE = { expired: 16, untouched: 1 };

/** Where to look: a bucket, or one user of it. */
interface Place {
  readonly bucket: BucketKeys;
  readonly expiries: string;
  /** The sessions of the user. */
  readonly sessions?: string;
}

/**
 * Finds sessions that have expired, through an index; and those that were not touched for long,
 * by a look at all metas in small steps: an index of touches would make each append dearer.
 */
export class ExpiredSessions {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  // Where the last search in an app ended: what was passed is not likely to have more.
  readonly #lastBuckets = new Map<string, number>();

  constructor({ runner, keys }: { readonly runner: ScriptRunner; readonly keys: RedisKeys }) {
    this.#runner = runner;
    this.#keys = keys;
  }

  async find(find: PreparedSweep): Promise<readonly SessionKey[]> {
    const { appName, userId, untouchedSince, limit } = find;
    if (userId !== undefined) {
      const { bucket, user } = this.#keys.user({ appName, userId });
      return (await this.#findAt(find, { bucket, ...user })).slice(0, limit);
    }
    const first = this.#lastBuckets.get(appName) ?? 0;
    const atOnce = untouchedSince === undefined ? AT_ONCE.expired : AT_ONCE.untouched;
    const found: SessionKey[] = [];
    for (let from = 0; from < BUCKETS && found.length < limit; from += atOnce) {
      const some = await Promise.all(
        Array.from({ length: atOnce }, (_, i) => {
          const bucket = this.#keys.bucket(appName, (first + from + i) % BUCKETS);
          return this.#findAt(find, { bucket, expiries: bucket.expiries });
        }),
      );
      found.push(...some.flat());
      this.#lastBuckets.set(appName, (first + from) % BUCKETS);
    }
    return found.slice(0, limit);
  }

  async #findAt(find: PreparedSweep, place: Place): Promise<readonly SessionKey[]> {
    const { appName, limit, untouchedSince } = find;
    if (untouchedSince === undefined) {
      const reply = await this.#runner.read(findExpired(place.expiries, find));
      return readMembers(reply, appName);
    }
    // An HSCAN may give a member twice.
    const found = new Map<string, SessionKey>();
    let from = '0';
    do {
      const { metas } = place.bucket;
      const run = { ...find, untouchedSince, metas, sessions: place.sessions, from };
      const step = readUntouched(await this.#runner.read(findUntouched(run)), appName);
      for (const key of step.found) found.set(`${key.userId}\n${key.sessionId}`, key);
      from = step.next;
    } while (from !== '0' && found.size < limit);
    return [...found.values()];
  }
}
