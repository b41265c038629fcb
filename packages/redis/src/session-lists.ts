import type { PreparedList, StoredPage } from '@holdfast/session/store';
import type { RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import { listPage, readPage } from './scripts/list-page.ts';

/** Lists of sessions: of one user, or of all users of an app. */
export interface SessionLists {
  page(list: PreparedList): Promise<StoredPage>;
}

/** On one server a page is one script: sessions, states and total are of one moment. */
export class OneServerLists implements SessionLists {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;

  constructor({ runner, keys }: { readonly runner: ScriptRunner; readonly keys: RedisKeys }) {
    this.#runner = runner;
    this.#keys = keys;
  }

  async page(list: PreparedList): Promise<StoredPage> {
    return readPage(list, await this.#runner.read(listPage(list, this.#keys)));
  }
}
