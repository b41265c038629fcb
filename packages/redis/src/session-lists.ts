import type { SessionKey } from '@holdfast/core';
import { compareIdentifiers } from '@holdfast/core/internal';
import type { Order } from '@holdfast/session';
import {
  comparePositions,
  cutPage,
  type PreparedList,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import type { AppState, AppStateOptions } from './app-state.ts';
import { BUCKETS, memberOf, type RedisKeys, splitMember } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import {
  type FoundSession,
  type ListRun,
  listSessions,
  type Place,
  readFoundSessions,
  type SessionList,
} from './scripts/list-sessions.ts';
import { readStates, readSummaries } from './scripts/read-states.ts';
import { parseMeta } from './stored-text.ts';

/** What is known of one of the lists that make up a long one. */
interface Source extends SessionList {
  readonly found: FoundSession[];
  /** Whether there may be more behind what was found. */
  hasMore: boolean;
  /** How many sessions it has in all. */
  total: number;
}

/**
 * Lists of sessions. A user has one list. The sessions of an app are in one list for each bucket
 * of users, each exact at every moment; a page is merged from them.
 */
export class SessionLists {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  readonly #appState: AppState;

  constructor({ runner, keys, appState }: AppStateOptions & { readonly appState: AppState }) {
    this.#runner = runner;
    this.#keys = keys;
    this.#appState = appState;
  }

  async page(list: PreparedList): Promise<StoredPage> {
    const { found, total } = await this.#find(list);
    const { sessions, next } = cutPage(list, found);
    return {
      sessions: await this.#summarize(list, sessions),
      // As it was found: meanwhile it may have moved on.
      next: next && { lastUpdateTime: next.score, key: splitMember(next.member) },
      total,
    };
  }

  /** In order, at least one session more than the page has if there are so many; and the total. */
  async #find({ order, after, limit, ...list }: PreparedList) {
    const begin = after && { score: after.lastUpdateTime, member: memberOf(after.key) };
    const wanted = limit + 1;
    const sources = this.#sources(list);
    const compare = (a: Place, b: Place) =>
      directionOf(order) * (a.score - b.score || compareIdentifiers(a.member, b.member));
    let asked: readonly Source[] = sources;
    // Of many lists, each is asked for about twice its share of the page. If that was not enough
    // of one, it is asked again, for a whole page.
    let count = sources.length === 1 ? wanted : Math.ceil((2 * wanted) / sources.length) + 2;
    let found: FoundSession[] = [];
    while (asked.length > 0) {
      await this.#ask(asked, { order, count, after: begin });
      found = sources.flatMap((source) => source.found).sort(compare);
      const end = found[wanted - 1];
      asked = sources.filter((source) => {
        const last = source.found.at(-1);
        return source.hasMore && last && (end === undefined || compare(last, end) < 0);
      });
      count = wanted;
    }
    return { found, total: sources.reduce((sum, { total }) => sum + total, 0) };
  }

  #sources({ appName, userId }: Pick<PreparedList, 'appName' | 'userId'>): readonly Source[] {
    const source = ({ sessions, metas }: SessionList): Source => {
      return { sessions, metas, found: [], hasMore: true, total: 0 };
    };
    if (userId === undefined) {
      return Array.from({ length: BUCKETS }, (_, i) => source(this.#keys.bucket(appName, i)));
    }
    const { bucket, user } = this.#keys.user({ appName, userId });
    return [source({ sessions: user.sessions, metas: bucket.metas })];
  }

  /**
   * Finds what follows in each list. On one server all lists begin in one script, and then each
   * goes on in its own; on a Cluster each has a slot of its own.
   */
  async #ask(sources: readonly Source[], run: Omit<ListRun, 'lists'>): Promise<void> {
    const isTogether = !this.#runner.isCluster && sources.every(({ found }) => found.length === 0);
    const groups = isTogether ? [sources] : sources.map((source) => [source]);
    await Promise.all(
      groups.map(async (lists) => {
        const after = lists[0]?.found.at(-1) ?? run.after;
        const reply = await this.#runner.read(listSessions({ ...run, lists, after }));
        readFoundSessions(reply).forEach(({ total, sessions }, i) => {
          const source = lists[i] as Source;
          source.total = total;
          source.found.push(...sessions);
          source.hasMore = sessions.length === run.count;
        });
      }),
    );
  }

  async #summarize(
    { appName, order, includeState }: PreparedList,
    page: readonly FoundSession[],
  ): Promise<readonly StoredSummary[]> {
    const keys = page.map(({ member }) => Object.freeze({ appName, ...splitMember(member) }));
    if (!includeState) {
      return keys.map((key, i) => ({ key, ...parseMeta(page[i]?.meta, key), state: undefined }));
    }
    const byUser = new Map<string, SessionKey[]>();
    for (const key of keys) byUser.set(key.userId, [...(byUser.get(key.userId) ?? []), key]);
    const users = [...byUser.values()];
    const [app, ...replies] = await Promise.all([
      this.#appState.read(appName),
      ...users.map((sessions) => this.#runner.read(readStates(sessions, this.#keys))),
    ]);
    // Some may have moved on since the page was found; the state belongs to what they are now.
    return users
      .flatMap((sessions, i) => readSummaries({ sessions, app }, replies[i]))
      .sort((a, b) => directionOf(order) * comparePositions(a, b));
  }
}

function directionOf(order: Order): 1 | -1 {
  return order === 'asc' ? 1 : -1;
}
