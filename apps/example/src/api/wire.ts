import type { Event, HoldfastErrorCode, JsonObject, StreamingModeName } from '@holdfast/core';

/**
 * What the server and its page say to each other. All bodies are JSON. Nothing here
 * does I/O, so both sides can import it.
 */

/**
 * `GET /api/me`, and `PUT /api/me` with `{ userId }`: who the user is, and what the server
 * works with.
 */
export interface Me {
  readonly userId: string;
  readonly appName: string;
  readonly store: {
    /** Where the conversations are kept, for a person to read. It holds no password. */
    readonly description: string;
    /** Whether they outlast the server. */
    readonly persistent: boolean;
  };
  /** The name of the model that answers. */
  readonly model: string;
}

/** A conversation in a list. Times are epoch ms. */
export interface SessionEntry {
  readonly id: string;
  /** The session key `title`, which the agent sets from the first message. */
  readonly title?: string;
  readonly createTime: number;
  readonly lastUpdateTime: number;
  /** How many events it has. */
  readonly revision: number;
}

/** `GET /api/sessions?limit=&cursor=`: newest first. */
export interface SessionList {
  readonly sessions: readonly SessionEntry[];
  /** Where the next page begins; absent on the last one. */
  readonly nextCursor?: string;
}

/** The stored scopes of state, each with keys without a prefix. */
export interface ScopedState {
  readonly session: JsonObject;
  readonly user: JsonObject;
  readonly app: JsonObject;
}

/** `GET /api/sessions/:id?recent=50`. */
export interface SessionView {
  readonly session: SessionEntry;
  readonly state: ScopedState;
  /** The `temp:` values of the turn that runs in this process; null where none runs. */
  readonly temp: JsonObject | null;
  /** The last events, in `seq` order. There are fewer than were asked for if they are large. */
  readonly events: readonly Event[];
  /** Whether a turn runs in this process. */
  readonly answering: boolean;
}

/** `GET /api/sessions/:id/state`, and `GET /api/state`, which has no session. */
export interface StateView {
  readonly userId: string;
  readonly session?: SessionEntry;
  readonly state: ScopedState;
  /** As in `SessionView`. */
  readonly temp: JsonObject | null;
  readonly answering: boolean;
}

/**
 * `GET /api/sessions/:id/events?beforeSeq=&afterSeq=&limit=&order=`. There are fewer than `limit`
 * if they are large: `hasMore` says whether it goes on.
 */
export interface EventList {
  readonly events: readonly Event[];
  readonly hasMore: boolean;
}

/** The settings of the model that a message may bring. A field left out has the model's default. */
export interface MessageConfig {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly maxOutputTokens?: number;
}

/** The body of `POST /api/sessions/:id/messages`. */
export interface MessageRequest {
  readonly text: string;
  /** The id of the user's event. The same id again does not ask the agent twice. */
  readonly eventId?: string;
  /** `sse` where it is left out. */
  readonly streamingMode?: Exclude<StreamingModeName, 'bidi'>;
  readonly config?: MessageConfig;
}

/** The answer to a message with the streaming mode `none`: the stored events of its turn. */
export interface MessageAnswer {
  readonly events: readonly Event[];
}

/** What went wrong. `path` names the field that is meant. */
export interface WireError {
  readonly code: HoldfastErrorCode;
  readonly message: string;
  readonly path?: string;
}

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly error: WireError;
}

/** The frames of an event stream, by the `event:` of the frame. */
export interface StreamFrames {
  /** A piece of an answer, without `seq`. */
  readonly partial: Event;
  /** A stored event; the frame's `id:` is its `seq`. */
  readonly event: Event;
  /** The `temp:` values after a step, keys without prefix. */
  readonly temp: JsonObject;
  /** The stream of a message ends after it. */
  readonly error: WireError;
  /** The turn has ended. The stream of a message ends after it. */
  readonly done: Readonly<Record<string, never>>;
}

/** What the page sends over `GET /api/sessions/:id/socket`. */
export type SocketRequest =
  | {
      readonly type: 'message';
      readonly text: string;
      readonly eventId?: string;
      readonly config?: MessageConfig;
    }
  | { readonly type: 'interrupt' };

/** What the server sends over the WebSocket. */
export type SocketFrame =
  | { readonly type: 'partial'; readonly event: Event }
  | { readonly type: 'event'; readonly event: Event }
  | { readonly type: 'temp'; readonly temp: JsonObject }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly error: WireError };
