import type { SessionKey } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';

/** How many parts the users of an app are spread over. Part of the layout: it never changes. */
export const BUCKETS = 256;

const HEX = Array.from({ length: BUCKETS }, (_, bucket) => bucket.toString(16).padStart(2, '0'));

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

  app(appName: string) {
    const tag = `${this.#prefix}{${escapeId(appName)}}`;
    return {
      /** Hash: the app's state. */
      state: `${tag}:state`,
      /** Sorted set: the version of each key that was changed lately. A Cluster only. */
      stamps: `${tag}:stamps`,
      /** Sorted set: versions that were given out and are not applied yet. A Cluster only. */
      intents: `${tag}:intents`,
      /** Hash: the last version that was given out. A Cluster only. */
      clock: `${tag}:clock`,
      /** Sorted set: what was added to keys lately, by stamp. A Cluster only. */
      increments: `${tag}:increments`,
    };
  }

  /** What the users of one bucket have in common. All their keys are in one slot. */
  bucket(appName: string, bucket: number) {
    return bucketKeys(this.#bucketTag(appName, bucket));
  }

  /** The keys of a user, and of the bucket that the user is in. */
  user({ appName, userId }: Omit<SessionKey, 'sessionId'>) {
    const tag = this.#bucketTag(appName, bucketOf(userId));
    return { bucket: bucketKeys(tag), user: userKeys(tag, escapeId(userId)) };
  }

  /** The keys of a session, of its user, and of the bucket that the user is in. */
  session({ appName, userId, sessionId }: SessionKey) {
    const tag = this.#bucketTag(appName, bucketOf(userId));
    const user = escapeId(userId);
    const own = `${user}:${escapeId(sessionId)}`;
    const session = {
      /** List: timestamp and JSON of each event. */
      events: `${tag}:e:${own}`,
      /** Hash: the `seq` of each event id. */
      ids: `${tag}:i:${own}`,
      /** Sorted set: events by time, from the first one on that was not in the order of time. */
      times: `${tag}:t:${own}`,
      /** Hash: the session's state. */
      state: `${tag}:s:${own}`,
      /** String: the session's state at its creation as JSON; absent if empty, `null` if not known. */
      initial: `${tag}:c:${own}`,
    };
    return { bucket: bucketKeys(tag), user: userKeys(tag, user), session };
  }

  /** A pattern of names: of each user of an app that has sessions or state, and of no others. */
  usersPattern(appName: string): string {
    return `${this.#prefix}{${escapeId(appName)}:??}:[lu]:*`;
  }

  /** The user of a name that `usersPattern` matches. */
  userOf(name: string): string {
    const user = name.slice(name.indexOf('}:', this.#prefix.length) + 4);
    return user.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  }

  #bucketTag(appName: string, bucket: number): string {
    return `${this.#prefix}{${escapeId(appName)}:${HEX[bucket]}}`;
  }
}

export type AppKeys = ReturnType<RedisKeys['app']>;
export type BucketKeys = ReturnType<typeof bucketKeys>;

function bucketKeys(tag: string) {
  return {
    /** Sorted set: the sessions by last update. */
    sessions: `${tag}:sessions`,
    /** Hash: by session, its creation, revision, last update and life (`parseMeta`). */
    metas: `${tag}:metas`,
    /** Hash: by session, its labels, expiry and origin (`formatDetails`), if it has any. */
    details: `${tag}:details`,
    /** Sorted set: the sessions that expire, by when they do. */
    expiries: `${tag}:expiries`,
    /** Sorted set: changes of the app's state that may not have been applied yet. A Cluster only. */
    outbox: `${tag}:outbox`,
    /** Which versions the outbox takes. A Cluster only. */
    versions: `${tag}:versions`,
  };
}

function userKeys(tag: string, user: string) {
  return {
    /** Sorted set: the user's sessions by last update. */
    sessions: `${tag}:l:${user}`,
    /** Sorted set: those of the user's sessions that expire, by when they do. */
    expiries: `${tag}:x:${user}`,
    /** Sorted set, all at 0: the labels of the user's sessions, each as `labelLine`, `\\n` and id. */
    labels: `${tag}:n:${user}`,
    /** Hash: the user's state. */
    state: `${tag}:u:${user}`,
  };
}

/** The bucket of a user as it is in names. */
export function bucketNameOf(userId: string): string {
  return HEX[bucketOf(userId)] as string;
}

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
 * The name of a session in its sorted sets and hashes. An id has no control characters, so the
 * bytes of members compare as user and then session.
 */
export function memberOf({ userId, sessionId }: Omit<SessionKey, 'appName'>): string {
  return `${userId}\n${sessionId}`;
}

/** The two ids of a member. */
export function splitMember(member: string): Omit<SessionKey, 'appName'> {
  const end = member.indexOf('\n');
  return { userId: member.slice(0, end), sessionId: member.slice(end + 1) };
}

/** `escapeId(id)`: an id as it is in names, for scripts that find out which keys they need. */
export const ESCAPE = `
  local function escapeId(id)
    return (string.gsub(id, '[%%:{}*?%[%]\\\\%^]', function(char)
      return string.format('%%%02X', string.byte(char))
    end))
  end
`;

/**
 * The same names for scripts that find out only on the server which keys they need, as one server
 * lets them. `root` is the name of an app's state without its end.
 */
export const KEY_NAMES = `
  ${ESCAPE}
  local root = string.sub(KEYS[1], 1, -8)
  local function tagOf(bucket) return root .. ':' .. bucket .. '}' end
  local function splitMember(member)
    local stop = string.find(member, '\\n', 1, true)
    return string.sub(member, 1, stop - 1), string.sub(member, stop + 1)
  end
  local function userListOf(tag, user) return tag .. ':l:' .. escapeId(user) end
  local function userExpiriesOf(tag, user) return tag .. ':x:' .. escapeId(user) end
  local function userLabelsOf(tag, user) return tag .. ':n:' .. escapeId(user) end
  local function userStateOf(tag, user) return tag .. ':u:' .. escapeId(user) end
  local function stateOf(tag, user, session)
    return tag .. ':s:' .. escapeId(user) .. ':' .. escapeId(session)
  end
`;

function escapeId(id: string): string {
  if (/^[\w .@-]*$/.test(id)) return id;
  const special = /[%:{}*?[\]\\^]/g;
  return id.replace(special, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `prefix`, if keys can begin with it; 'holdfast' if it is undefined. */
export function checkKeyPrefix(prefix: unknown): string {
  if (prefix === undefined) return 'holdfast';
  if (typeof prefix === 'string' && /^[\w.:-]{1,64}$/.test(prefix)) return prefix;
  throw invalidArgument(
    'keyPrefix',
    'must be 1 to 64 letters, digits, underscores, dots, colons and hyphens',
  );
}
