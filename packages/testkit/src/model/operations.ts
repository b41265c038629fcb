import type { StateDelta } from './named-events.ts';

interface OnSession {
  readonly user: string;
  readonly session: string;
}

/** Which events are loaded; the time as it is in the names of events. */
export interface Window {
  readonly last?: number;
  readonly after?: number;
}

export type Labels = Readonly<Record<string, string>>;

/** What is appended, and on which conditions. */
export interface AppendOperation extends OnSession {
  readonly call: 'append';
  /** Names of events. */
  readonly events: readonly string[];
  readonly expectedRevision: number | undefined;
  readonly onStored: 'skip' | undefined;
  readonly ifMissing?: 'create' | undefined;
  readonly turn?: string | undefined;
}

export interface UpdateStateOperation {
  readonly call: 'updateState';
  readonly user: string;
  readonly scope: 'user' | 'app';
  readonly set: StateDelta;
  readonly remove: readonly string[];
  readonly add?: Readonly<Record<string, number>>;
}

export interface RetractOperation extends OnSession {
  readonly call: 'retract';
  readonly what:
    | { readonly ids: readonly string[]; readonly throughSeq?: undefined }
    | { readonly throughSeq: number; readonly ids?: undefined };
  readonly erase: boolean;
}

/** A call that is about one session. */
export type SessionOperation =
  | (OnSession & { readonly call: 'create'; readonly state: StateDelta; readonly labels?: Labels })
  | (OnSession & Window & { readonly call: 'getOrCreate'; readonly state: StateDelta })
  | (OnSession & { readonly call: 'delete' })
  | AppendOperation
  | (OnSession & Window & { readonly call: 'get' | 'getActive' })
  | (OnSession & {
      readonly call: 'listEvents';
      readonly afterSeq: number;
      readonly beforeSeq: number;
      readonly limit: number;
      readonly order: 'asc' | 'desc';
    })
  | (OnSession & { readonly call: 'getEvent'; readonly event: string })
  | (OnSession & {
      readonly call: 'label';
      readonly set: Labels;
      readonly remove: readonly string[];
    })
  /** The session expires: at once, or never. */
  | (OnSession & { readonly call: 'expire'; readonly when: 'now' | 'never' | 'later' })
  | (OnSession & {
      readonly call: 'fork';
      readonly throughSeq: number | undefined;
      readonly newSession: string;
      readonly labels: Labels;
    })
  | (OnSession & {
      readonly call: 'rewind';
      readonly toSeq: number;
      readonly expectedRevision: number | undefined;
    })
  | RetractOperation
  /** Appends a summary of all events but the last ones. */
  | (OnSession & { readonly call: 'summarize'; readonly event: string; readonly keep: 0 | 1 })
  | (OnSession & { readonly call: 'acquire'; readonly turn: string; readonly extend: boolean })
  | (OnSession & { readonly call: 'release'; readonly turn: string });

/** A call that is about a user, or the app. */
export type UserOperation =
  | UpdateStateOperation
  | { readonly call: 'listLabelled'; readonly user: string; readonly labels: Labels }
  | { readonly call: 'sweep'; readonly user: string; readonly idle: boolean }
  | { readonly call: 'eraseUser'; readonly user: string }
  /** Exports all that there is of a user, and imports it as that of another one. */
  | { readonly call: 'copyUser'; readonly user: string; readonly to: string };

/** One call, in few enough words that a list of them can be read. */
export type Operation = SessionOperation | UserOperation;

export function isOnSession(operation: Operation): operation is SessionOperation {
  return 'session' in operation;
}
