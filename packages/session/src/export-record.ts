import type { Event, JsonObject, SessionKey } from '@holdfast/core';
import type { ImportedSession } from './requests.ts';

/** The version of what is exported. A later one that this package does not know is `unsupported`. */
export const RECORD_VERSION = 1;

interface RecordBase {
  readonly version: typeof RECORD_VERSION;
}

/** The state of an app, or of a user: keys without the prefix of their scope. */
export interface StateRecord extends RecordBase {
  readonly type: 'state';
  readonly appName: string;
  /** Absent: the state is the app's. */
  readonly userId?: string | undefined;
  readonly state: JsonObject;
}

/** A session. Its events follow, each as a record, in the order of their `seq`. */
export interface SessionRecord extends RecordBase, SessionKey, ImportedSession {
  readonly type: 'session';
}

/** An event of a session. */
export interface EventRecord extends RecordBase, SessionKey {
  readonly type: 'event';
  readonly event: Event;
}

/** What an export is made of: plain JSON, so that each is a line of a file. */
export type ExportRecord = StateRecord | SessionRecord | EventRecord;
