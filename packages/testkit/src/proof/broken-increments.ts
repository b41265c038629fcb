import type { JsonValue } from '@holdfast/session';
import type {
  AppendOutcome,
  IncrementRefused,
  PreparedIncrement,
  PreparedIncrementState,
} from '@holdfast/session/store';
import {
  incremented,
  NO_CHANGES,
  type ScopeState,
  type StateChanges,
  type StateIncrements,
} from '@holdfast/state/internal';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';

type Add = (value: unknown, by: number) => unknown;

/** Adds in its own way. */
class Adds extends CompleteStore {
  readonly #add: Add;

  constructor(add: Add) {
    super();
    this.#add = add;
  }

  protected override sums(state: ScopeState, increments: StateIncrements): StateChanges | string {
    const sums = new Map<string, never>();
    for (const [name, by] of increments) {
      const sum = this.#add(state.get(name), by);
      if (sum === undefined) return name;
      sums.set(name, sum as never);
    }
    return sums;
  }
}

class AddsAgainForARetry extends CompleteStore {
  override async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const outcome = await super.increment(append);
    const session = this.find(append.key);
    if (outcome.type !== 'refused' || !session) return outcome;
    if (append.events.some(({ id }) => outcome.findEvent(id) === undefined)) return outcome;
    const state = this.stateOf(session);
    const { user, app } = append.increments;
    const sums = { user: this.sums(state.user, user), app: this.sums(state.app, app) };
    const own = this.sums(state.session, append.increments.session);
    this.change(session, { ...sums, session: own } as never);
    return outcome;
  }
}

class AddsInSpiteOfAConflict extends CompleteStore {
  override increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    return super.increment({ ...append, expectedRevision: undefined });
  }
}

class AddsOutOfTurn extends CompleteStore {
  override increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    return super.increment({ ...append, turn: undefined });
  }
}

class AppendsWhatDoesNotFit extends CompleteStore {
  override async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const outcome = await super.increment(append);
    return outcome.type === 'unfit' ? this.append(append) : outcome;
  }
}

class SetsBeforeItAdds extends CompleteStore {
  override async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const outcome = await super.increment(append);
    const session = this.find(append.key);
    if (outcome.type === 'unfit' && session) this.change(session, append.changes);
    return outcome;
  }

  override async incrementState(
    update: PreparedIncrementState,
  ): Promise<ScopeState | IncrementRefused> {
    this.changeShared(update.owner, update.changes);
    return super.incrementState(update);
  }
}

/** Adds to what it has read some time before. */
class ReadsThenWrites extends CompleteStore {
  override async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const session = this.find(append.key);
    if (session === undefined) return { type: 'missing' };
    const before = this.stateOf(session);
    await otherCalls();
    const outcome = await super.increment(append);
    if (outcome.type !== 'written') return outcome;
    const sums = { ...NO_CHANGES } as Record<'session' | 'user' | 'app', StateChanges>;
    for (const scope of ['session', 'user', 'app'] as const) {
      const made = this.sums(before[scope], append.increments[scope]);
      if (typeof made !== 'string') sums[scope] = made;
    }
    this.change(session, sums);
    return outcome;
  }
}

class ReadsThenUpdates extends CompleteStore {
  override async incrementState(
    update: PreparedIncrementState,
  ): Promise<ScopeState | IncrementRefused> {
    const { owner, changes, increments } = update;
    const before = this.shared(owner);
    await otherCalls();
    const made = this.sums(before, increments);
    if (typeof made === 'string') return { type: 'unfit', scope: owner.scope, name: made };
    this.changeShared(owner, new Map([...changes, ...made]));
    return this.shared(owner);
  }
}

/** Leaves one scope alone. */
class AddsToNo extends CompleteStore {
  readonly #scope: 'session' | 'user' | 'app';

  constructor(scope: 'session' | 'user' | 'app') {
    super();
    this.#scope = scope;
  }

  override increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    const increments = { ...append.increments, [this.#scope]: new Map() };
    return super.increment({ ...append, increments });
  }
}

class SetsNothingBeside extends CompleteStore {
  override incrementState(update: PreparedIncrementState): Promise<ScopeState | IncrementRefused> {
    return super.incrementState({ ...update, changes: new Map() });
  }
}

class ChangesNothingBeside extends CompleteStore {
  override increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    return super.increment({ ...append, changes: NO_CHANGES });
  }
}

class AnswersTheStateBefore extends CompleteStore {
  override async incrementState(
    update: PreparedIncrementState,
  ): Promise<ScopeState | IncrementRefused> {
    const before = this.shared(update.owner);
    const after = await super.incrementState(update);
    return (after as IncrementRefused).type === 'unfit' ? after : before;
  }
}

/** As it should be. */
function sumOf(value: unknown, by: number): number | undefined {
  return incremented(value as JsonValue | undefined, by);
}

/** The same without a look at the sum. */
function asIs(value: unknown, by: number): number {
  return ((value as number | undefined) ?? 0) + by;
}

function takesMore(value: unknown): boolean {
  return value === undefined || Number.isSafeInteger(value);
}

export const brokenIncrements: readonly BrokenService[] = [
  {
    fault: 'adds again for a retry',
    failsAt: 'counts a retry once',
    create: () => over(new AddsAgainForARetry()),
  },
  {
    fault: 'adds in spite of a conflict',
    failsAt: 'adds nothing if the session is not at `expectedRevision`, or not there',
    create: () => over(new AddsInSpiteOfAConflict()),
  },
  {
    fault: 'adds out of turn',
    failsAt: 'adds nothing in a turn that the session is not held for',
    create: () => over(new AddsOutOfTurn()),
  },
  {
    fault: 'adds beyond the safe integers',
    failsAt: 'reaches the largest and the smallest safe integer, and not beyond',
    create: () => over(new Adds((value, by) => (takesMore(value) ? asIs(value, by) : undefined))),
  },
  {
    fault: 'wraps a sum beyond the safe integers',
    failsAt: 'reaches the largest and the smallest safe integer, and not beyond',
    create: () =>
      over(
        new Adds((value, by) => {
          if (!takesMore(value)) return undefined;
          const sum = asIs(value, by);
          return sum > Number.MAX_SAFE_INTEGER ? sum - 2 * Number.MAX_SAFE_INTEGER : sum;
        }),
      ),
  },
  {
    fault: 'adds up to the greatest safe integer',
    failsAt: 'reaches the largest and the smallest safe integer, and not beyond',
    create: () =>
      over(
        new Adds((value, by) =>
          takesMore(value) ? Math.min(asIs(value, by), Number.MAX_SAFE_INTEGER) : undefined,
        ),
      ),
  },
  {
    fault: 'takes null for 0 when it adds',
    failsAt: 'is `conflict` for a value of app: that is no safe integer, and writes nothing',
    create: () => over(new Adds((value, by) => (value === null ? by : sumOf(value, by)))),
  },
  {
    fault: 'takes text for 0 when it adds',
    failsAt: 'is `conflict` for a value of app: that is no safe integer, and writes nothing',
    create: () =>
      over(new Adds((value, by) => (typeof value === 'string' ? by : sumOf(value, by)))),
  },
  {
    fault: 'adds to the number in a text',
    failsAt: 'is `conflict` for a value of user: that is no safe integer, and writes nothing',
    create: () =>
      over(new Adds((value, by) => (typeof value === 'string' ? +value + by : sumOf(value, by)))),
  },
  {
    fault: 'takes true for 1 when it adds',
    failsAt: 'is `conflict` for a value of user: that is no safe integer, and writes nothing',
    create: () =>
      over(new Adds((value, by) => (typeof value === 'boolean' ? +value + by : sumOf(value, by)))),
  },
  {
    fault: 'adds to fractions',
    failsAt: 'is `conflict` for a value of the session that is no safe integer, and writes nothing',
    create: () =>
      over(new Adds((value, by) => (typeof value === 'number' ? value + by : sumOf(value, by)))),
  },
  {
    fault: 'does not add to a missing key',
    failsAt: 'adds to keys of every scope, a missing one as 0',
    create: () =>
      over(new Adds((value, by) => (value === undefined ? undefined : sumOf(value, by)))),
  },
  {
    fault: 'sets a missing key to 0',
    failsAt: 'adds to keys of every scope, a missing one as 0',
    create: () => over(new Adds((value, by) => (value === undefined ? 0 : sumOf(value, by)))),
  },
  {
    fault: 'does not go below 0',
    failsAt: 'adds to keys of every scope, a missing one as 0',
    create: () =>
      over(
        new Adds((value, by) => {
          const sum = sumOf(value, by);
          return sum === undefined ? undefined : Math.max(0, sum);
        }),
      ),
  },
  {
    fault: 'adds in 32 bits',
    failsAt: 'reaches the largest and the smallest safe integer, and not beyond',
    create: () =>
      over(
        new Adds((value, by) => {
          const sum = sumOf(value, by);
          return sum === undefined ? undefined : sum | 0;
        }),
      ),
  },
  {
    fault: 'appends an event whose increment does not fit, without it',
    failsAt: 'is `conflict` for a value of the session that is no safe integer, and writes nothing',
    create: () => over(new AppendsWhatDoesNotFit()),
  },
  {
    fault: 'sets keys though an increment beside them does not fit',
    failsAt: 'is `conflict` for a value of the session that is no safe integer, and writes nothing',
    create: () => over(new SetsBeforeItAdds()),
  },
  {
    fault: 'loses an increment of an event in a race',
    failsAt: 'loses none of 400 increments of one counter of an app by 16 writers',
    create: () => over(new ReadsThenWrites()),
  },
  {
    fault: 'loses an increment of a state in a race',
    failsAt: 'loses no increment among appends, batches and updates of many counters',
    create: () => over(new ReadsThenUpdates()),
  },
  {
    fault: 'adds nothing to `app:` keys',
    failsAt: 'adds to keys of every scope, a missing one as 0',
    create: () => over(new AddsToNo('app')),
  },
  {
    fault: 'adds nothing to `user:` keys',
    failsAt: 'adds to keys of every scope, a missing one as 0',
    create: () => over(new AddsToNo('user')),
  },
  {
    fault: "adds nothing to a session's own keys",
    failsAt: 'adds to keys of every scope, a missing one as 0',
    create: () => over(new AddsToNo('session')),
  },
  {
    fault: 'sets nothing in an update that adds',
    failsAt: 'adds by `updateState`, together with what it sets and removes, and gives the state',
    create: () => over(new SetsNothingBeside()),
  },
  {
    fault: 'sets nothing with an event that adds',
    failsAt: 'folds increments with what a batch sets and removes, in its order',
    create: () => over(new ChangesNothingBeside()),
  },
  {
    fault: 'answers an update that adds with the state before',
    failsAt: 'adds by `updateState`, together with what it sets and removes, and gives the state',
    create: () => over(new AnswersTheStateBefore()),
  },
];
