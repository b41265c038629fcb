import type { SessionService } from '@holdfast/session';
import type { Delta } from './sample-event.ts';

/** A session. All are of one app. */
export interface SessionName {
  readonly user: string;
  readonly session: string;
}

export interface FillRequest {
  readonly user: string;
  readonly sessions: readonly string[];
  /** The number of the first event; 0: the sessions are not there yet. */
  readonly from: number;
  /** How many events each gets. */
  readonly count: number;
}

export interface AppendRequest extends SessionName {
  /** The number of the event, which no other of the session has. */
  readonly n: number;
  readonly delta: Delta;
  /** Which of several writers it is; 0 where there is one. */
  readonly writer: number;
}

/**
 * Events, or something that has events, as the store gives it: to unwrap it would cost more than
 * to read it from memory. Undefined where there is no such session.
 */
export type ReadResult = readonly unknown[] | { readonly events: readonly unknown[] } | undefined;

/** What is stored of a session. */
export interface Audit {
  /** The ids of its events, in their order. */
  readonly ids: readonly string[];
  /** Their numbers; undefined where the store gives none. */
  readonly seqs?: readonly number[];
  /** All scopes, keys with their prefixes; undefined where the store has no state. */
  readonly state?: Readonly<Record<string, unknown>>;
}

/** What is asked of a contestant. What is optional, not every one can do. */
export interface BenchStore {
  /** Makes sessions, or prolongs them, as quickly as it can: this is not measured. */
  fill(request: FillRequest): Promise<unknown>;
  /** Called when all is filled, before it is measured: statistics of a database, for example. */
  settle?(): Promise<unknown>;
  /** Makes a session without events, and with that many keys of state in each scope. */
  createWithState?(request: SessionName & { readonly keys: number }): Promise<unknown>;
  append(request: AppendRequest): Promise<unknown>;
  /** Appends all of them at the price of one commit. */
  appendTogether?(requests: readonly AppendRequest[]): Promise<unknown>;
  /** A session's last events, and its state. */
  recent?(request: SessionName & { readonly count: number }): Promise<ReadResult>;
  /** All of a session. */
  full?(session: SessionName): Promise<ReadResult>;
  /** The sessions of a user that changed last, without events. */
  list?(request: { readonly user: string; readonly limit: number }): Promise<readonly unknown[]>;
  /** Copies a session with all its events, where they are. */
  fork?(request: SessionName & { readonly target: string }): Promise<unknown>;
  /** What is asked of Holdfast alone. */
  readonly service?: SessionService;
  audit?(session: SessionName): Promise<Audit>;
  /** Bytes that a server keeps in memory for this store alone. */
  bytes?(): Promise<number>;
  close(): Promise<unknown>;
}
