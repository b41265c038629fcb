import type { Event, HoldfastError } from '@holdfast/core';
import type { ScopedStateKey } from '@holdfast/state';
import {
  applyIncrements,
  EMPTY_SCOPE,
  joinStateKey,
  NO_CHANGES,
  type StoredState,
} from '@holdfast/state/internal';
import { andThen, type MaybePromise } from './call-gate.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Creations } from './creations.ts';
import { coveredBy } from './life/active-from.ts';
import { needed } from './life/store-access.ts';
import type { WatchHub } from './life/watch-hub.ts';
import { matchStored } from './match-stored.ts';
import { answerAppend, type CheckedAppend, numberEvents, withoutStored } from './prepare-append.ts';
import { withoutEvents } from './prepare-get.ts';
import type { PreparedGetState } from './prepare-state.ts';
import type { IncrementRefused } from './prepared-writes.ts';
import { NO_DETAILS } from './session-details.ts';
import {
  changedTooOften,
  incarnationConflict,
  incrementUnfit,
  MAX_ATTEMPTS,
  revisionConflict,
  sessionNotFound,
  turnConflict,
  unsupportedBy,
} from './session-errors.ts';
import type { AppendOutcome, SessionStore } from './session-store.ts';

export interface AppendsOptions {
  readonly store: SessionStore;
  readonly creations: Creations;
  readonly hub: WatchHub;
}

/** What a service does about appends: it decides about retries, revisions and turns. */
export class Appends {
  readonly #store: SessionStore;
  readonly #creations: Creations;
  readonly #hub: WatchHub;

  constructor({ store, creations, hub }: AppendsOptions) {
    this.#store = store;
    this.#creations = creations;
    this.#hub = hub;
  }

  /** Every event of the request, stored. */
  append(append: CheckedAppend): MaybePromise<readonly Event[]> {
    return andThen(this.#writeWithSummary(append, MAX_ATTEMPTS), (stored) =>
      answerAppend(append, stored),
    );
  }

  /** What the summaries of an append cover is left out when only the rest is asked for. */
  #writeWithSummary(append: CheckedAppend, attempts: number): MaybePromise<readonly Event[]> {
    const covered = coveredByAppend(append);
    if (covered === undefined) return this.#write(append, { attempts });
    return andThen(this.#store.get(withoutEvents(append.key)), (place) => {
      // Of events to come, or of those that are left out already, nothing is left out.
      const leavesOut =
        place !== undefined && covered <= place.revision && covered >= (place.activeFrom ?? 1);
      if (!leavesOut || append.activeFrom !== undefined) return this.#write(append, { attempts });
      // Nor of a session that is another one by now.
      const expectedIncarnation = append.expectedIncarnation ?? place.incarnation;
      const sent = { ...append, activeFrom: covered + 1, expectedIncarnation };
      return this.#write(append, { attempts, sent });
    });
  }

  /** What is stored of an append, in its order. */
  #write(
    append: CheckedAppend,
    { attempts, sent = append }: { readonly attempts: number; readonly sent?: CheckedAppend },
  ): MaybePromise<readonly Event[]> {
    if (append.events.length === 0) return [];
    const { key } = append;
    if (attempts === 0) throw changedTooOften(key);
    return andThen(this.#storeAppend(sent), (outcome) => {
      switch (outcome.type) {
        case 'written':
          this.#hub.appended(key, outcome.revision);
          return numberEvents(append, outcome);
        case 'refused':
          return this.#afterRefusal(append, { outcome, attempts: attempts - 1 });
        case 'unfit':
          return this.#afterUnfit(append, { unfit: outcome, attempts: attempts - 1 });
        case 'missing':
          return this.#createAndWrite(append, attempts - 1);
      }
    });
  }

  #createAndWrite(append: CheckedAppend, attempts: number): MaybePromise<readonly Event[]> {
    const { key } = append;
    if (!createsMissing(append)) throw sessionNotFound(key);
    return andThen(this.#checkIncrements(append), () =>
      andThen(this.#creations.create({ key, ...NEW_SESSION }), () =>
        this.#write(append, { attempts }),
      ),
    );
  }

  /** A session is not created for an append that would be refused then. */
  #checkIncrements(append: CheckedAppend): MaybePromise<void> {
    const { key, increments } = append;
    if (increments === undefined) return;
    const { appName, userId } = key;
    const check = (owner: PreparedGetState) =>
      andThen(
        increments[owner.scope].size === 0 ? EMPTY_SCOPE : this.#store.getState(owner),
        (state) => {
          const values = applyIncrements(state, increments[owner.scope]);
          if (typeof values !== 'string') return;
          throw unfitIn(append, { scope: owner.scope, name: values });
        },
      );
    return andThen(check({ scope: 'app', appName }), () =>
      check({ scope: 'user', appName, userId }),
    );
  }

  #storeAppend(append: CheckedAppend): MaybePromise<AppendOutcome | IncrementRefused> {
    const { increments, turn } = append;
    if (turn !== undefined && !capabilitiesOf(this.#store).turns)
      throw unsupportedBy('turns', 'turn');
    if (increments === undefined) return this.#store.append(append);
    const needs = { capability: 'increments', path: 'actions.stateIncrements' } as const;
    return needed(this.#store, { method: 'increment', ...needs })({ ...append, increments });
  }

  /** What is stored already, or not meant for where the session is, need not be counted any more. */
  #afterUnfit(
    append: CheckedAppend,
    { unfit, attempts }: { readonly unfit: IncrementRefused; readonly attempts: number },
  ): MaybePromise<readonly Event[]> {
    const { events, expectedRevision, expectedIncarnation, turn } = append;
    // No session is there: so it is refused, and told what is.
    const look = { ...append, expectedRevision: Number.MAX_SAFE_INTEGER };
    return andThen(this.#store.append(look), (outcome) => {
      if (outcome.type === 'missing') return this.#createAndWrite(append, attempts);
      if (outcome.type === 'refused') {
        const isStored = events.some(({ id }) => outcome.findEvent(id) !== undefined);
        const isElsewhere =
          (expectedRevision ?? outcome.revision) !== outcome.revision ||
          (expectedIncarnation ?? outcome.incarnation) !== outcome.incarnation ||
          (turn ?? outcome.turn) !== outcome.turn;
        if (isStored || isElsewhere) return this.#afterRefusal(append, { outcome, attempts });
      }
      throw unfitIn(append, unfit);
    });
  }

  /** A retry is answered with what is stored. If nothing is in the way any more, it tries again. */
  #afterRefusal(
    append: CheckedAppend,
    { outcome, attempts }: { readonly outcome: Refused; readonly attempts: number },
  ): MaybePromise<readonly Event[]> {
    const { key, expectedRevision: expected, expectedIncarnation } = append;
    const { revision: found, incarnation } = outcome;
    if (expectedIncarnation !== undefined && expectedIncarnation !== incarnation) {
      throw incarnationConflict(key, { path: 'expectedIncarnation', revision: found });
    }
    const matches = matchStored(append, (id) => outcome.findEvent(id));
    if (matches !== undefined) {
      const rest = this.#writeWithSummary(withoutStored(append, matches), attempts);
      return andThen(rest, (written) => {
        const next = written[Symbol.iterator]();
        return matches.map((event) => event ?? (next.next().value as Event));
      });
    }
    const { turn } = append;
    if (turn !== undefined && turn !== outcome.turn) {
      throw turnConflict(key, { turn, revision: found });
    }
    if (expected !== undefined && expected !== found) {
      throw revisionConflict(key, { expected, found });
    }
    return this.#writeWithSummary(append, attempts);
  }
}

type Refused = Extract<AppendOutcome, { readonly type: 'refused' }>;

const NEW_SESSION = { state: NO_CHANGES as StoredState, details: NO_DETAILS };

// What expects something of a session does not find it in a new one.
function createsMissing(append: CheckedAppend): boolean {
  const { ifMissing, expectedIncarnation, expectedRevision = 0, turn } = append;
  const expectsNothing = expectedIncarnation === undefined && turn === undefined;
  return ifMissing === 'create' && expectedRevision === 0 && expectsNothing;
}

/** The error for what cannot be added, at the first event that adds to it. */
function unfitIn({ key, given }: CheckedAppend, unfit: ScopedStateKey): HoldfastError {
  const name = joinStateKey(unfit);
  const first = given.find(({ event }) => Object.hasOwn(event.actions.stateIncrements ?? {}, name));
  return incrementUnfit(name, { key, index: first?.index });
}

/** Up to where the summaries of an append cover all that is there; undefined if it has none. */
function coveredByAppend({ events }: CheckedAppend): number | undefined {
  let covered: number | undefined;
  for (const event of events) {
    const seq = coveredBy(event);
    if (seq !== undefined) covered = Math.max(covered ?? 0, seq);
  }
  return covered;
}
