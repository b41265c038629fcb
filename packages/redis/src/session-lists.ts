import {
  cutPage,
  type PreparedList,
  type StoredPage,
  type StoredSummary,
} from '@holdfast/session/store';
import { joinParts, type ListPart } from './join-parts.ts';
import { memberOf, type RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import { listPage, readPagePart } from './scripts/list-page.ts';

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
    const { sessions, total } = await joinParts(await this.#part(list), {
      list,
      nameOf: ({ key }: StoredSummary) => memberOf(key),
      next: (rest) => this.#part(rest),
    });
    return { ...cutPage(list, sessions), total };
  }

  async #part(list: PreparedList): Promise<ListPart<StoredSummary>> {
    return readPagePart(list, await this.#runner.read(listPage(list, this.#keys)));
  }
}
