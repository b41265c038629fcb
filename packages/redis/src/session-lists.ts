import { compareIdentifiers, type SessionKey } from '@holdfast/core';
import {
  encodeListCursor,
  type PreparedList,
  type SessionPage,
  type SessionSummary,
  summarizeSession,
} from '@holdfast/session';
import { BUCKETS, memberOf, type RedisKeys, splitMember } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import {
  type FoundPart,
  type FoundSession,
  type ListPart,
  listSessions,
  type Place,
  readFoundParts,
} from './scripts/list-sessions.ts';
import { readSessionStates, readStates, type SessionStates } from './scripts/read-states.ts';
import type { Servers } from './servers.ts';
import { parseMeta } from './session-meta.ts';

export interface SessionListsOptions {
  readonly runner: ScriptRunner;
  readonly keys: RedisKeys;
  readonly servers: Servers;
}

/** What is known of one of the lists that make up a long one. */
interface Source {
  readonly part: ListPart;
  readonly found: FoundSession[];
  /** Whether there may be more behind what was found. */
  hasMore: boolean;
}

/**
 * Lists of sessions. A user has one list. The sessions of an app are in one list for each bucket
 * of users, each exact at every moment; a page is merged from them.
 */
export class SessionLists {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  readonly #servers: Servers;

  constructor({ runner, keys, servers }: SessionListsOptions) {
    this.#runner = runner;
    this.#keys = keys;
    this.#servers = servers;
  }

  async page(list: PreparedList): Promise<SessionPage> {
    const { parts, total } = await this.#find(list);
    const page = parts.slice(0, list.limit);
    const last = page.at(-1);
    return Object.freeze({
      sessions: Object.freeze(await this.#summarize(list, page)),
      ...(last &&
        parts.length > page.length && {
          nextCursor: encodeListCursor(list, {
            lastUpdateTime: last.score,
            ...splitMember(last.member),
          }),
        }),
      ...(list.includeTotal && { total }),
    });
  }

  /** At least one more session than the page has, where there are so many; and all there are. */
  async #find(list: PreparedList) {
    const { order, after: position } = list;
    const after = position && { score: position.lastUpdateTime, member: memberOf(position) };
    const wanted = list.limit + 1;
    const sources = this.#sources(list);
    // Of many lists, each is asked for about twice its share of the page. Those of which that
    // was not enough are asked again, for a whole page.
    const share = sources.length === 1 ? wanted : Math.ceil((2 * wanted) / sources.length) + 2;
    const compare = (a: Place, b: Place) => (order === 'asc' ? 1 : -1) * comparePlaces(a, b);
    let total = 0;
    let asked: readonly Source[] = sources;
    let count = share;
    let merged: FoundSession[] = [];
    while (asked.length > 0) {
      const replies = await this.#ask(asked, (source) => ({
        order,
        count,
        after: source.found.at(-1) ?? after,
      }));
      asked.forEach((source, i) => {
        const { total: own, sessions } = replies[i] as FoundPart;
        if (source.found.length === 0) total += own;
        source.found.push(...sessions);
        source.hasMore = sessions.length === count;
      });
      merged = sources.flatMap(({ found }) => found).sort(compare);
      const end = merged[wanted - 1];
      asked = sources.filter(({ found, hasMore }) => {
        const last = found.at(-1);
        return hasMore && last && (end === undefined || compare(last, end) < 0);
      });
      count = wanted;
    }
    return { parts: merged, total };
  }

  #sources({ appName, userId }: PreparedList): readonly Source[] {
    const source = (sessions: string, metas: string): Source => ({
      part: { sessions, metas },
      found: [],
      hasMore: true,
    });
    if (userId !== undefined) {
      const { bucket, user } = this.#keys.user({ appName, userId });
      return [source(user.sessions, bucket.metas)];
    }
    return Array.from({ length: BUCKETS }, (_, bucket) => {
      const { sessions, metas } = this.#keys.bucket(appName, bucket);
      return source(sessions, metas);
    });
  }

  /** One script for all lists of one place, and on a Cluster each list is a place of its own. */
  async #ask(
    sources: readonly Source[],
    ask: (source: Source) => {
      readonly order: PreparedList['order'];
      readonly count: number;
      readonly after: Place | undefined;
    },
  ): Promise<readonly FoundPart[]> {
    const groups = new Map<string, Source[]>();
    for (const source of sources) {
      const { after } = ask(source);
      const own = this.#runner.isCluster ? source.part.sessions : '';
      const group = `${own} ${after?.score} ${after?.member}`;
      groups.set(group, [...(groups.get(group) ?? []), source]);
    }
    const found = new Map<Source, FoundPart>();
    await Promise.all(
      Array.from(groups.values(), async (group) => {
        const parts = group.map(({ part }) => part);
        const call = listSessions({ parts, ...ask(group[0] as Source) });
        const replies = readFoundParts(await this.#runner.read(call));
        group.forEach((source, i) => {
          found.set(source, replies[i] as FoundPart);
        });
      }),
    );
    return sources.map((source) => found.get(source) as FoundPart);
  }

  async #summarize(
    list: PreparedList,
    page: readonly FoundSession[],
  ): Promise<readonly SessionSummary[]> {
    const found = page.map((session) => {
      const key = Object.freeze({ appName: list.appName, ...splitMember(session.member) });
      return { key, session };
    });
    if (!list.includeState) {
      return found.map(({ key, session }) =>
        summarizeSession({ key, ...parseMeta(session.meta, key), state: undefined }),
      );
    }
    const [sessions, app] = await Promise.all([
      this.#readStates(found.map(({ key }) => key)),
      this.#servers.getAppState(list.appName),
    ]);
    const direction = list.order === 'asc' ? 1 : -1;
    // Some may have moved on since the page was found; the state belongs to what they are now.
    return sessions
      .map(({ session, user, ...rest }) => ({ ...rest, state: { session, user, app } }))
      .sort((a, b) => direction * comparePlaces(placeOf(a), placeOf(b)))
      .map(summarizeSession);
  }

  async #readStates(keys: readonly SessionKey[]): Promise<readonly SessionStates[]> {
    const byUser = new Map<string, SessionKey[]>();
    for (const key of keys) byUser.set(key.userId, [...(byUser.get(key.userId) ?? []), key]);
    const found = Array.from(byUser.values(), async (own) =>
      readSessionStates(own, await this.#runner.read(readStates(own, this.#keys))),
    );
    return (await Promise.all(found)).flat();
  }
}

function placeOf({ key, lastUpdateTime }: Pick<SessionStates, 'key' | 'lastUpdateTime'>): Place {
  return { score: lastUpdateTime, member: memberOf(key) };
}

function comparePlaces(a: Place, b: Place): number {
  return a.score - b.score || compareIdentifiers(a.member, b.member);
}
