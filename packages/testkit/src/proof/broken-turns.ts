import type {
  AppendOutcome,
  IncrementRefused,
  PreparedAppend,
  PreparedErase,
  PreparedIncrement,
  PreparedReleaseTurn,
  PreparedTurn,
  TurnOutcome,
} from '@holdfast/session/store';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession } from './detailed-store.ts';
import { SpoilingStore } from './spoiling-store.ts';

class FencesNothing extends CompleteStore {
  protected override refusal(
    session: DetailedSession,
    append: PreparedAppend,
  ): AppendOutcome | undefined {
    return super.refusal(session, { ...append, turn: undefined });
  }
}

class FencesNoBatches extends CompleteStore {
  protected override refusal(
    session: DetailedSession,
    append: PreparedAppend,
  ): AppendOutcome | undefined {
    const turn = append.events.length > 1 ? undefined : append.turn;
    return super.refusal(session, { ...append, turn });
  }
}

/** Refuses what was lost only if another holds the session now. */
class FencesWhatIsHeld extends CompleteStore {
  protected override refusal(
    session: DetailedSession,
    append: PreparedAppend,
  ): AppendOutcome | undefined {
    const turn = session.turn === undefined ? undefined : append.turn;
    return super.refusal(session, { ...append, turn });
  }
}

class FencesEveryone extends CompleteStore {
  protected override refusal(
    session: DetailedSession,
    append: PreparedAppend,
  ): AppendOutcome | undefined {
    return super.refusal(session, { ...append, turn: append.turn ?? session.turn?.token });
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const session = this.alive(append.key, append.now);
    if (session?.turn === undefined || append.turn !== undefined) return super.append(append);
    return this.refusal(session, { ...append, turn: '' }) ?? super.append(append);
  }
}

/** Whether an append is fenced, by a look at the turn some time before it is written. */
class FencesBeforeItWrites extends CompleteStore {
  readonly #kind: 'append' | 'batch' | 'increment' | 'erase';

  constructor(kind: 'append' | 'batch' | 'increment' | 'erase') {
    super();
    this.#kind = kind;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const isMany = append.events.length > 1;
    return super.append(await this.#fenced(append, isMany ? 'batch' : 'append'));
  }

  override async increment(append: PreparedIncrement): Promise<AppendOutcome | IncrementRefused> {
    return super.increment(await this.#fenced(append, 'increment'));
  }

  override async erase(erase: PreparedErase): Promise<AppendOutcome> {
    return super.erase(await this.#fenced(erase, 'erase'));
  }

  async #fenced<T extends PreparedAppend>(append: T, kind: string): Promise<T> {
    const { key, turn } = append;
    const isHeld = turn !== undefined && turn === this.find(key)?.turn?.token;
    if (kind !== this.#kind || !isHeld) return append;
    await otherCalls();
    return { ...append, turn: undefined };
  }
}

class NeverFreesIt extends CompleteStore {
  override acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    return super.acquireTurn({ ...acquire, until: Number.MAX_SAFE_INTEGER });
  }
}

class FreesItForAnyone extends CompleteStore {
  override async releaseTurn(release: PreparedReleaseTurn): Promise<boolean> {
    const session = this.find(release.key);
    const isHeld = session?.turn?.token === release.turn;
    if (session) session.turn = undefined;
    return isHeld;
  }
}

class ReleasesNothing extends CompleteStore {
  override async releaseTurn({ key, turn }: PreparedReleaseTurn): Promise<boolean> {
    return this.find(key)?.turn?.token === turn;
  }
}

class AlwaysSaysReleased extends CompleteStore {
  override async releaseTurn(release: PreparedReleaseTurn): Promise<boolean> {
    await super.releaseTurn(release);
    return true;
  }
}

class ReleasesWhatHasExpired extends CompleteStore {
  override releaseTurn(release: PreparedReleaseTurn): Promise<boolean> {
    return super.releaseTurn({ ...release, now: 0 });
  }
}

class HoldsForEveryone extends CompleteStore {
  override async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    const session = this.find(acquire.key);
    if (session && !acquire.extend) session.turn = undefined;
    return super.acquireTurn(acquire);
  }
}

class LooksBeforeItHolds extends CompleteStore {
  override async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    const session = this.alive(acquire.key, acquire.now);
    const turn = session?.turn;
    await otherCalls();
    if (session) session.turn = turn;
    return super.acquireTurn(acquire);
  }
}

class ExtendsWhatIsFree extends CompleteStore {
  override acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    return super.acquireTurn({ ...acquire, extend: false });
  }
}

class HoldsOnce extends CompleteStore {
  override async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    const isOwn = this.find(acquire.key)?.turn?.token === acquire.turn;
    return isOwn && !acquire.extend ? 'refused' : super.acquireTurn(acquire);
  }
}

class HoldsWhatIsNotThere extends CompleteStore {
  override async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    const outcome = await super.acquireTurn(acquire);
    return outcome === 'missing' ? 'held' : outcome;
  }
}

/** Holds all sessions of a user at once. */
class HoldsTheUser extends CompleteStore {
  override async acquireTurn(acquire: PreparedTurn): Promise<TurnOutcome> {
    const { key, turn, now } = acquire;
    const isHeld = this.sessionsOf(key).some(
      (other) => other.turn !== undefined && other.turn.until > now && other.turn.token !== turn,
    );
    return isHeld ? 'refused' : super.acquireTurn(acquire);
  }
}

function endsWithAnAppend() {
  return over(
    new SpoilingStore({
      append(session) {
        session.turn = undefined;
      },
    }),
  );
}

/** Says of a retry in a lost turn that the turn is lost. */
class ForgetsRetriesOfALostTurn extends CompleteStore {
  protected override refusal(
    session: DetailedSession,
    append: PreparedAppend,
  ): AppendOutcome | undefined {
    const outcome = super.refusal(session, append);
    const isLost = append.turn !== undefined && append.turn !== session.turn?.token;
    if (outcome?.type !== 'refused' || !isLost) return outcome;
    return { ...outcome, findEvent: () => undefined };
  }
}

export const brokenTurns: readonly BrokenService[] = [
  {
    fault: 'appends whoever holds the session',
    failsAt:
      'appends in a turn only for the turn that has the session, and writes nothing otherwise',
    create: () => over(new FencesNothing()),
  },
  {
    fault: 'appends batches whoever holds the session',
    failsAt:
      'appends in a turn only for the turn that has the session, and writes nothing otherwise',
    create: () => over(new FencesNoBatches()),
  },
  {
    fault: 'appends in a turn that was let go',
    failsAt:
      'appends in a turn only for the turn that has the session, and writes nothing otherwise',
    create: () => over(new FencesWhatIsHeld()),
  },
  {
    fault: 'holds up appends without a turn',
    failsAt: 'does not hold up appends without a turn, nor other calls',
    create: () => over(new FencesEveryone()),
  },
  ...(['append', 'batch', 'increment', 'erase'] as const).map((kind) => ({
    fault: `looks at the turn some time before it writes (${kind})`,
    failsAt: 'keeps what was lost of a turn from what comes after it',
    create: () => over(new FencesBeforeItWrites(kind)),
  })),
  {
    fault: 'never frees a turn',
    failsAt: 'frees a session after the time of a turn, whose appends go on until another has it',
    create: () => over(new NeverFreesIt()),
  },
  {
    fault: 'frees a turn for whoever asks',
    failsAt: 'holds a session for one turn at a time, until it is let go',
    create: () => over(new FreesItForAnyone()),
  },
  {
    fault: 'does not let go of a turn that is released',
    failsAt: 'holds a session for one turn at a time, until it is let go',
    create: () => over(new ReleasesNothing()),
  },
  {
    fault: 'says of every release that it was held',
    failsAt: 'holds a session for one turn at a time, until it is let go',
    create: () => over(new AlwaysSaysReleased()),
  },
  {
    fault: 'lets go of the turn of a session that has expired',
    failsAt: 'takes an expired session for missing in every call, swept or not',
    create: () => over(new ReleasesWhatHasExpired()),
  },
  {
    fault: 'takes a turn from who holds it',
    failsAt: 'holds a session for one turn at a time, until it is let go',
    create: () => over(new HoldsForEveryone()),
  },
  {
    fault: 'looks who holds a session some time before it holds it',
    failsAt: 'holds a session for one of many that ask for it at the same moment',
    create: () => over(new LooksBeforeItHolds()),
  },
  {
    fault: 'extends a turn that is not held',
    failsAt: 'holds a session on for the turn that has it, and extends no other',
    create: () => over(new ExtendsWhatIsFree()),
  },
  {
    fault: 'refuses a turn to who holds it already',
    failsAt: 'holds a session on for the turn that has it, and extends no other',
    create: () => over(new HoldsOnce()),
  },
  {
    fault: 'holds a session that does not exist',
    failsAt: 'is `not_found` for a turn of a session that does not exist',
    create: () => over(new HoldsWhatIsNotThere()),
  },
  {
    fault: 'holds all sessions of a user for one turn',
    failsAt: 'holds each session on its own',
    create: () => over(new HoldsTheUser()),
  },
  {
    fault: 'ends a turn with its first append',
    failsAt:
      'appends in a turn only for the turn that has the session, and writes nothing otherwise',
    create: endsWithAnAppend,
  },
  {
    fault: 'is `conflict` for the retry of an event in a lost turn',
    failsAt: 'gives a stored event back to a retry after the turn was lost',
    create: () => over(new ForgetsRetriesOfALostTurn()),
  },
];
