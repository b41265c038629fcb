import type { Event } from '@holdfast/session';
import {
  type AppendOutcome,
  copyEvent,
  markOf,
  type PreparedAppend,
  type PreparedFork,
} from '@holdfast/session/store';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession } from './detailed-store.ts';

export interface ForkContext {
  readonly source: DetailedSession;
  readonly fork: PreparedFork;
}

/** What is done to a session after a step that went as it should. */
export interface Spoils {
  fork?(session: DetailedSession, context: ForkContext): void;
  /** After each append, increments and erasures too. */
  append?(session: DetailedSession, append: PreparedAppend): void;
  /** After the marker of a rewind. */
  rewind?(session: DetailedSession, toSeq: number): void;
}

/** The complete store, with something done to a session after some steps. */
export class SpoilingStore extends CompleteStore {
  readonly #spoils: Spoils;

  constructor(spoils: Spoils) {
    super();
    this.#spoils = spoils;
  }

  protected override copyInto(session: DetailedSession, context: ForkContext): void {
    super.copyInto(session, context);
    this.#spoils.fork?.(session, context);
  }

  protected override write(session: DetailedSession, append: PreparedAppend): AppendOutcome {
    const outcome = super.write(session, append);
    this.#spoils.append?.(session, append);
    const toSeq = rewindOf(append);
    if (toSeq !== undefined) this.#spoils.rewind?.(session, toSeq);
    return outcome;
  }
}

/** Up to where an append rewinds; undefined if it does not. */
export function rewindOf({ events }: PreparedAppend): number | undefined {
  return events[0]?.actions.rewind?.toSeq;
}

/** Makes something else of each event of a session. */
export function editEvents(session: DetailedSession, edit: (event: Event) => Event): void {
  const { events, incarnation } = session;
  for (const [i, event] of events.entries()) {
    const edited = edit(event);
    if (edited !== event) events[i] = copyEvent(edited, markOf(incarnation));
  }
}
