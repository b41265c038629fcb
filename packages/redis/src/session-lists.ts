import {
  cutPage,
  type PreparedList,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import { memberOf, type RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import { listPage, type PagePart, readPagePart } from './scripts/list-page.ts';

/** Lists of sessions: of one user, or of all users of an app. */
export interface SessionLists {
  page(list: PreparedList): Promise<StoredPage>;
}

/**
 * On one server a page is one script: sessions, states and total are of one moment. Only if very many
 * sessions are passed over that have expired, it is more of them, so that nobody has to wait long.
 */
export class OneServerLists implements SessionLists {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;

  constructor({ runner, keys }: { readonly runner: ScriptRunner; readonly keys: RedisKeys }) {
    this.#runner = runner;
    this.#keys = keys;
  }

  async page(list: PreparedList): Promise<StoredPage> {
    const first = await this.#part(list);
    const sessions = first.stoppedAt === undefined ? first.sessions : await this.#rest(list, first);
    return { ...cutPage(list, sessions), total: first.total };
  }

  async #part(list: PreparedList): Promise<PagePart> {
    return readPagePart(list, await this.#runner.read(listPage(list, this.#keys)));
  }

  /** All parts from the first one on. What has moved on since a part is not listed again. */
  async #rest(list: PreparedList, first: PagePart): Promise<readonly StoredSummary[]> {
    const found = new Map<string, StoredSummary>();
    for (let part = first; ; ) {
      for (const each of part.sessions) {
        const member = memberOf(each.key);
        if (!found.has(member)) found.set(member, each);
      }
      if (part.stoppedAt === undefined) return [...found.values()];
      const limit = list.limit - found.size;
      part = await this.#part({ ...list, after: part.stoppedAt, limit, includeTotal: false });
    }
  }
}
