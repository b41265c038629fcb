import { invalidArgument, type SessionKey } from '@holdfast/core';

/** How many parts the users of an app are spread over. Part of the layout: it never changes. */
export const BUCKETS = 256;

/** The keys of what the users of one bucket have in common. All their keys are in one slot. */
export class BucketKeys {
  readonly #tag: string;

  constructor(tag: string) {
    this.#tag = tag;
  }

  /** Sorted set: the sessions by last update. */
  get sessions(): string {
    return `${this.#tag}:sessions`;
  }

  /** Hash: by session, its creation, revision and last update. */
  get metas(): string {
    return `${this.#tag}:metas`;
  }

  /** Sorted set: changes of the app's state that may not have been applied yet. A Cluster only. */
  get outbox(): string {
    return `${this.#tag}:outbox`;
  }

  /** Which versions the outbox takes. A Cluster only. */
  get versions(): string {
    return `${this.#tag}:versions`;
  }
}

export class UserKeys {
  readonly #tag: string;
  readonly #user: string;

  constructor(tag: string, user: string) {
    this.#tag = tag;
    this.#user = user;
  }

  /** Sorted set: the user's sessions by last update. */
  get sessions(): string {
    return `${this.#tag}:l:${this.#user}`;
  }

  /** Hash: the user's state. */
  get state(): string {
    return `${this.#tag}:u:${this.#user}`;
  }
}

export class SessionKeys {
  readonly #tag: string;
  readonly #session: string;

  constructor(tag: string, session: string) {
    this.#tag = tag;
    this.#session = session;
  }

  /** List: timestamp and JSON of each event. */
  get events(): string {
    return `${this.#tag}:e:${this.#session}`;
  }

  /** Hash: the `seq` of each event id. */
  get ids(): string {
    return `${this.#tag}:i:${this.#session}`;
  }

  /** Sorted set: events by time, from the first one on that was not in the order of time. */
  get times(): string {
    return `${this.#tag}:t:${this.#session}`;
  }

  /** Hash: the session's state. */
  get state(): string {
    return `${this.#tag}:s:${this.#session}`;
  }

  /** String: the session's state at its creation as JSON; absent where it was empty. */
  get initial(): string {
    return `${this.#tag}:c:${this.#session}`;
  }
}

export interface AppKeys {
  /** Hash: the app's state. */
  readonly state: string;
  /** Sorted set: the version of each key that was changed lately. A Cluster only. */
  readonly stamps: string;
  /** Sorted set: versions that were given out and are not applied yet. A Cluster only. */
  readonly intents: string;
  /** Hash: the last version that was given out. A Cluster only. */
  readonly clock: string;
}

/**
 * The names of keys. `{app:7f}` is the hash tag of a bucket of users, so what one user has is in
 * one slot of a Cluster; `{app}` is that of the app's own state. Ids are escaped: no two triples
 * of ids share a name, and a name has no character that a pattern would take for its own.
 */
export class RedisKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = `${prefix}:`;
  }

  app(appName: string): AppKeys {
    const own = `${this.#prefix}{${escapeId(appName)}}`;
    return {
      state: `${own}:state`,
      stamps: `${own}:stamps`,
      intents: `${own}:intents`,
      clock: `${own}:clock`,
    };
  }

  bucket(appName: string, bucket: number): BucketKeys {
    return new BucketKeys(this.#bucketTag(escapeId(appName), bucket));
  }

  /** The keys of a user, and of the bucket that the user is in. */
  user({ appName, userId }: Omit<SessionKey, 'sessionId'>): {
    readonly bucket: BucketKeys;
    readonly user: UserKeys;
  } {
    const tag = this.#bucketTag(escapeId(appName), bucketOf(userId));
    return { bucket: new BucketKeys(tag), user: new UserKeys(tag, escapeId(userId)) };
  }

  /** The keys of a session, of its user, and of the bucket that the user is in. */
  session({ appName, userId, sessionId }: SessionKey): {
    readonly bucket: BucketKeys;
    readonly user: UserKeys;
    readonly session: SessionKeys;
  } {
    const tag = this.#bucketTag(escapeId(appName), bucketOf(userId));
    const user = escapeId(userId);
    return {
      bucket: new BucketKeys(tag),
      user: new UserKeys(tag, user),
      session: new SessionKeys(tag, `${user}:${escapeId(sessionId)}`),
    };
  }

  #bucketTag(app: string, bucket: number): string {
    return `${this.#prefix}{${app}:${HEX[bucket]}}`;
  }
}

const HEX = Array.from({ length: BUCKETS }, (_, bucket) => bucket.toString(16).padStart(2, '0'));

/** The bucket of a user: FNV-1a over the bytes of the id, folded to eight bits. */
export function bucketOf(userId: string): number {
  let hash = 0x811c9dc5;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  if (/^[\x00-\x7f]*$/.test(userId)) {
    for (let i = 0; i < userId.length; i++) hash = mix(hash, userId.charCodeAt(i));
  } else {
    for (const byte of new TextEncoder().encode(userId)) hash = mix(hash, byte);
  }
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (BUCKETS - 1);
}

function mix(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193) >>> 0;
}

/**
 * How a session is called in its sorted sets and hashes. An id has no control characters, so
 * the bytes of members compare as user and then session.
 */
export function memberOf({ userId, sessionId }: Omit<SessionKey, 'appName'>): string {
  return `${userId}\n${sessionId}`;
}

/** The two ids of a member. */
export function splitMember(member: string): Omit<SessionKey, 'appName'> {
  const end = member.indexOf('\n');
  return { userId: member.slice(0, end), sessionId: member.slice(end + 1) };
}

const special = /[%:{}*?[\]\\^]/g;
const plain = /^[\w .@-]*$/;

function escapeId(id: string): string {
  if (plain.test(id)) return id;
  return id.replace(special, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `holdfast` where it is missing. */
export function checkKeyPrefix(prefix: unknown): string {
  if (prefix === undefined) return 'holdfast';
  if (typeof prefix === 'string' && /^[\w.:-]{1,64}$/.test(prefix)) return prefix;
  throw invalidArgument(
    'keyPrefix',
    'must be 1 to 64 letters, digits, underscores, dots, colons and hyphens',
  );
}
