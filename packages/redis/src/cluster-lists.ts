import { HoldfastError, type SessionKey } from '@holdfast/core';
import { compareIdentifiers } from '@holdfast/core/internal';
import {
  comparePositions,
  cutPage,
  type PreparedList,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import type { AppState, AppStateOptions } from './app-state.ts';
import { joinParts } from './join-parts.ts';
import { BUCKETS, memberOf, type RedisKeys, splitMember } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import {
  type FoundSession,
  type FoundSessions,
  type ListRun,
  listSessions,
  type Place,
  readFoundSessions,
} from './scripts/list-sessions.ts';
import { readStates, readSummaries } from './scripts/read-states.ts';
import type { SessionLists } from './session-lists.ts';
import { parseState, summaryOf } from './stored-text.ts';

// What the page of a user has changes before its states can be named. So often in a row it is not
// an accident.
const MAX_ATTEMPTS = 20;

type Where = Pick<ListRun, 'list' | 'states' | 'labelled'>;

type UserList = PreparedList & { readonly userId: string };

/**
 * Lists of sessions on a Cluster. What one user has is in one slot, so a page of that is of one
 * moment, but for the state of the app. The sessions of an app are in one list for each bucket of
 * users, each of one moment; a page is merged from them.
 */
export class ClusterLists implements SessionLists {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  readonly #appState: AppState;

  constructor({ runner, keys, appState }: AppStateOptions & { readonly appState: AppState }) {
    this.#runner = runner;
    this.#keys = keys;
    this.#appState = appState;
  }

  async page(list: PreparedList): Promise<StoredPage> {
    const { userId } = list;
    if (userId === undefined) return await this.#pageOfAll(list);
    const user = { ...list, userId };
    return list.includeState ? await this.#pageWithStates(user) : await this.#pageOfUser(user);
  }

  async #pageOfUser(list: UserList): Promise<StoredPage> {
    const { sessions: found, total } = await this.#find(list, this.#listOf(list));
    const { sessions, next } = cutPage(list, found);
    return {
      sessions: sessions.map((each) => summaryIn(list, each)),
      next: positionOf(next),
      total,
    };
  }

  /** A script names all its keys. So first it is found out which they are. */
  async #pageWithStates(list: UserList): Promise<StoredPage> {
    const app = this.#appState.read(list.appName);
    // It is looked at below, or not at all.
    app.catch(() => {});
    const user = this.#keys.user(list).user.state;
    const names = new Map<string, string>();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const states = attempt === 0 ? undefined : { user, sessions: names };
      const answer = await this.#find(list, { ...this.#listOf(list), states });
      if (attempt > 0 && answer.user !== undefined) {
        const shared = { user: parseState(answer.user, list), app: await app };
        const { sessions, next } = cutPage(list, answer.sessions);
        return {
          sessions: sessions.map((each) => {
            const summary = summaryIn(list, each);
            const session = parseState(each.state, summary.key);
            return { ...summary, state: { session, ...shared } };
          }),
          next: positionOf(next),
          total: answer.total,
        };
      }
      for (const { member } of answer.sessions) {
        const key = { appName: list.appName, ...splitMember(member) };
        names.set(member, this.#keys.session(key).session.state);
      }
    }
    throw new HoldfastError('unavailable', {
      message: `the sessions of user ${JSON.stringify(list.userId)} changed ${MAX_ATTEMPTS} times while they were listed`,
    });
  }

  async #pageOfAll(list: PreparedList): Promise<StoredPage> {
    const { found, total } = await this.#findAll(list);
    const { sessions, next } = cutPage(list, found);
    const summaries = await this.#summarize(list, sessions);
    const isWhole = list.after === undefined && next === undefined;
    return {
      sessions: summaries,
      // As it was found: meanwhile it may have moved on.
      next: positionOf(next),
      // Some may have gone since they were counted.
      total: isWhole ? summaries.length : total - sessions.length + summaries.length,
    };
  }

  /**
   * In order, at least one session more than the page has if there are so many; and the total.
   * Each list is asked for about twice its share of the page. If that was not enough of one, it is
   * asked again, for a whole page: what is known of it stays that of one moment.
   */
  async #findAll(list: PreparedList) {
    const wanted = list.limit + 1;
    const compare = (a: Place, b: Place) =>
      directionOf(list) * (a.score - b.score || compareIdentifiers(a.member, b.member));
    const ask = (bucket: number, count: number) =>
      this.#find({ ...list, limit: count - 1 }, { list: this.#keys.bucket(list.appName, bucket) });
    const share = Math.ceil((2 * wanted) / BUCKETS) + 2;
    const answers = await Promise.all(Array.from({ length: BUCKETS }, (_, i) => ask(i, share)));
    const merge = () => answers.flatMap(({ sessions }) => sessions).sort(compare);
    const isPart = answers.map(({ sessions }) => sessions.length === share && share < wanted);
    for (;;) {
      const end = merge()[wanted - 1];
      const asked = answers.flatMap(({ sessions }, i) => {
        const last = sessions.at(-1) as Place;
        return isPart[i] && (end === undefined || compare(last, end) < 0) ? [i] : [];
      });
      if (asked.length === 0) break;
      await Promise.all(
        asked.map(async (i) => {
          isPart[i] = false;
          answers[i] = await ask(i, wanted);
        }),
      );
    }
    return { found: merge(), total: answers.reduce((sum, { total }) => sum + total, 0) };
  }

  async #find(list: PreparedList, where: Where): Promise<FoundSessions> {
    return joinParts(await this.#findSome(list, where), {
      list,
      nameOf: ({ member }: FoundSession) => member,
      next: (rest) => this.#findSome(rest, where),
      // If the states of a part are not there, they are all asked for again.
      isOver: ({ user }) => where.states !== undefined && user === undefined,
    });
  }

  async #findSome(
    { appName, order, after, limit, now }: PreparedList,
    where: Where,
  ): Promise<FoundSessions> {
    const begin = after && { score: after.lastUpdateTime, member: memberOf(after.key) };
    const call = listSessions({ ...where, order, count: limit + 1, after: begin, now });
    return readFoundSessions(await this.#runner.read(call), appName);
  }

  #listOf(list: UserList): Pick<ListRun, 'list' | 'labelled'> {
    const { bucket, user } = this.#keys.user(list);
    const { labels, userId } = list;
    return {
      list: { ...bucket, sessions: user.sessions, expiries: user.expiries },
      labelled: labels && { labels, userId, key: user.labels },
    };
  }

  async #summarize(
    list: PreparedList,
    page: readonly FoundSession[],
  ): Promise<readonly StoredSummary[]> {
    const found = page.map((each) => summaryIn(list, each));
    if (!list.includeState) return found;
    const byUser = new Map<string, SessionKey[]>();
    for (const { key } of found) byUser.set(key.userId, [...(byUser.get(key.userId) ?? []), key]);
    const users = [...byUser.values()];
    const [app, ...replies] = await Promise.all([
      this.#appState.read(list.appName),
      ...users.map((sessions) =>
        this.#runner.read(readStates({ sessions, keys: this.#keys, now: list.now })),
      ),
    ]);
    // Some may have moved on since the page was found; the state belongs to what they are now.
    return users
      .flatMap((sessions, i) => readSummaries({ sessions, app }, replies[i]))
      .sort((a, b) => directionOf(list) * comparePositions(a, b));
  }
}

function summaryIn({ appName }: PreparedList, { member, ...found }: FoundSession): StoredSummary {
  const key = Object.freeze({ appName, ...splitMember(member) });
  return summaryOf({ key, ...found });
}

function positionOf(place: Place | undefined): StoredPage['next'] {
  return place && { lastUpdateTime: place.score, key: splitMember(place.member) };
}

function directionOf({ order }: Pick<PreparedList, 'order'>): 1 | -1 {
  return order === 'asc' ? 1 : -1;
}
