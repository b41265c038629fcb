import type { Event, JsonObject } from '@holdfast/core';
import type { SessionEntry, SessionView } from '../../api/wire.ts';

/** What has changed in a conversation. */
export type ConversationChange =
  /** It exists now: its first message has made it. */
  | { readonly kind: 'created'; readonly session: SessionEntry }
  /** It was read anew. */
  | { readonly kind: 'loaded'; readonly view: SessionView }
  | { readonly kind: 'added'; readonly event: Event }
  | { readonly kind: 'earlier'; readonly events: readonly Event[] }
  | { readonly kind: 'temp'; readonly temp: JsonObject | null }
  /** What is said at the moment, who is waiting for whom, or what went wrong. */
  | { readonly kind: 'activity' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost'; readonly error: unknown }
  /** The message can never be sent as it is: its text goes back to who wrote it. */
  | { readonly kind: 'returned'; readonly text: string }
  /** It is not there any more. */
  | { readonly kind: 'gone' };

/** A message that is not known to be stored. */
export interface PendingMessage {
  readonly text: string;
  readonly eventId: string;
}
