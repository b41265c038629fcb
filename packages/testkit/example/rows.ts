import {
  type Event,
  parseStoredEvent,
  parseStoredValue,
  type ScopeState,
  type SessionKey,
} from '@holdfast/session/store';
import type { Entry } from './key-value-database.ts';

/** What is stored of a session, apart from its events. */
export interface Head {
  readonly incarnation: string;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  readonly revision: number;
  readonly state: ScopeState;
  /** What the state was at first: rewinds need it. */
  readonly initialState: ScopeState;
  /** The first event that is loaded with the active ones. */
  readonly activeFrom: number;
}

export function headText({ state, initialState, ...head }: Head): string {
  return JSON.stringify({ ...head, state: [...state], initialState: [...initialState] });
}

export function parseHead({ key, value }: Entry): Head & { readonly key: SessionKey } {
  const [, appName, userId, sessionId] = JSON.parse(key) as [string, string, string, string];
  const id = Object.freeze({ appName, userId, sessionId });
  const head = parseStoredValue(value, { name: '', key: id }) as unknown as Head;
  const initialState = new Map(head.initialState);
  return { ...head, key: id, state: new Map(head.state), initialState };
}

// Entries, and not an object: a key may be `__proto__`, and the order of numbers is kept.
export function stateText(state: ScopeState): string {
  return JSON.stringify([...state]);
}

export function parseState(entry: Entry | undefined): ScopeState {
  if (entry === undefined) return new Map();
  const [, appName] = JSON.parse(entry.key) as [string, string];
  const entries: unknown = parseStoredValue(entry.value, { name: '', key: { appName } });
  return new Map(entries as Iterable<never>);
}

export function parseEvent({ key, value }: Entry, mark: string): Event {
  const [, appName, userId, sessionId, seq] = JSON.parse(key) as string[];
  return parseStoredEvent(value, {
    seq: Number(seq),
    key: { appName, userId, sessionId } as SessionKey,
    mark,
  });
}
