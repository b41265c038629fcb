import { createUuidV7 } from '@holdfast/core';
import { andThen, type MaybePromise } from './call-gate.ts';
import { checkKept, makesWay } from './life/store-access.ts';
import type { CheckedCreate } from './prepare-create.ts';
import type { WriteOptions } from './service-options.ts';
import { Session } from './session.ts';
import { expireTimeOf } from './session-details.ts';
import { changedTooOften, MAX_ATTEMPTS } from './session-errors.ts';
import type { SessionStore } from './session-store.ts';

export interface CreationsOptions {
  readonly store: SessionStore;
  readonly writing: WriteOptions;
}

/** What a service does to create a session. */
export class Creations {
  readonly #store: SessionStore;
  readonly #writing: WriteOptions;

  constructor({ store, writing }: CreationsOptions) {
    this.#store = store;
    this.#writing = writing;
  }

  /** Undefined if the session exists already. One that has expired makes way. */
  create(checked: CheckedCreate, attempts = MAX_ATTEMPTS): MaybePromise<Session | undefined> {
    const { key, state, details } = checked;
    if (attempts === 0) throw changedTooOften(key);
    checkKept(this.#store, checked);
    const createTime = this.#writing.now();
    const incarnation = createUuidV7();
    const expireTime = expireTimeOf(details.expires, createTime);
    const create = { key, incarnation, createTime, state, details, expireTime };
    return andThen(this.#store.create(create), (shared) => {
      if (shared === undefined) {
        return andThen(makesWay(this.#store, { key, now: createTime }), (isFree) =>
          isFree ? this.create(checked, attempts - 1) : undefined,
        );
      }
      return new Session({
        key,
        incarnation,
        createTime,
        lastUpdateTime: createTime,
        revision: 0,
        events: [],
        state: { session: state.session, user: shared.user, app: shared.app },
        details,
        expireTime,
      });
    });
  }
}
