import type { SessionKey } from '@holdfast/session';
import {
  type AppendOutcome,
  markOf,
  type PreparedAppend,
  parseStoredEvent,
  parseStoredValue,
  type ScopeState,
} from '@holdfast/session/store';
import { type MinimalSession, MinimalStore } from '../minimal-store.ts';

type StoredState = readonly (readonly [name: string, value: string])[];

interface StoredSession
  extends Pick<MinimalSession, 'createTime' | 'incarnation' | 'lastUpdateTime' | 'activeFrom'> {
  readonly key: SessionKey;
  readonly events: readonly string[];
  readonly state: StoredState;
  readonly initialState: StoredState;
}

interface StoredRoom {
  readonly sessions: readonly StoredSession[];
  readonly states: readonly (readonly [address: string, state: StoredState])[];
}

/** All that is stored of one app, in memory, which can be written as a text and be read again. */
export class FileRoom extends MinimalStore {
  static parse(text: string | undefined): FileRoom {
    const room = new FileRoom();
    if (text === undefined) return room;
    const { sessions, states } = JSON.parse(text) as StoredRoom;
    for (const { key, events, state, initialState, ...rest } of sessions) {
      const mark = markOf(rest.incarnation);
      room.sessions.set(room.address(key), {
        ...rest,
        key: Object.freeze(key),
        events: events.map((event, i) => parseStoredEvent(event, { seq: i + 1, key, mark })),
        state: parseState(state, key),
        initialState: parseState(initialState, key),
      });
    }
    for (const [address, state] of states) {
      room.states.set(address, parseState(state, { appName: address }));
    }
    return room;
  }

  /** The events that it was given stay as they are: what lost is decided anew, with other numbers. */
  override append(append: PreparedAppend): Promise<AppendOutcome> {
    return super.append({ ...append, events: append.events.map((event) => ({ ...event })) });
  }

  toText(): string {
    const sessions = [...this.sessions.values()].map(
      ({ events, state, initialState, ...rest }) => ({
        ...rest,
        initialState: stored(initialState ?? new Map()),
        events: events.map((event) => JSON.stringify(event)),
        state: stored(state),
      }),
    );
    const states = [...this.states].map(([address, state]) => [address, stored(state)]);
    return JSON.stringify({ sessions, states });
  }

  /** Every session, to be changed. */
  all(): Iterable<MinimalSession> {
    return this.sessions.values();
  }

  /** The states of users and of the app alone, or all but these. */
  withStatesOf(other: FileRoom): FileRoom {
    this.states.clear();
    for (const [address, state] of other.states) this.states.set(address, state);
    return this;
  }
}

function stored(state: ScopeState): StoredState {
  return [...state].map(([name, value]) => [name, JSON.stringify(value)]);
}

function parseState(state: StoredState, key: { readonly appName: string }): ScopeState {
  return new Map(state.map(([name, text]) => [name, parseStoredValue(text, { name, key })]));
}
