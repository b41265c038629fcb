import type { Content } from './content.ts';
import type { JsonValue } from './json.ts';

/**
 * One step of a conversation, as a service gives it. Field by field the `Event` of `@google/adk`
 * 2.0.0, with `seq`. A field that is not named here is kept, too, and comes back as it went in.
 */
export interface Event {
  readonly id: string;
  /**
   * The place in the session: 1, 2, 3 … without a gap, given by the store.
   * Absent in a partial event, and in an event that was not appended.
   */
  readonly seq?: number;
  /** The run of the agent that the event belongs to; `''` if none was named. */
  readonly invocationId: string;
  /** `user`, or the name of an agent. */
  readonly author?: string;
  /** Epoch ms. It orders nothing: `seq` does. */
  readonly timestamp: number;
  readonly content?: Content;
  readonly actions: EventActions;
  /** A piece of an answer that is still being streamed. Such an event is never stored. */
  readonly partial?: boolean;
  readonly turnComplete?: boolean;
  readonly interrupted?: boolean;
  /** The agents from the root to the author, joined by dots. */
  readonly branch?: string;
  readonly longRunningToolIds?: readonly string[];
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly finishReason?: string;
  readonly customMetadata?: Readonly<Record<string, unknown>>;
  readonly usageMetadata?: object;
  readonly groundingMetadata?: object;
  readonly citationMetadata?: object;
  readonly inputTranscription?: object;
  readonly outputTranscription?: object;
  readonly liveSessionResumptionUpdate?: object;
  readonly goAway?: object;
  readonly liveSessionId?: string;
  readonly interactionId?: string;
  readonly modelVersion?: string;
  /** What a workflow node produced. */
  readonly output?: unknown;
  /** The edges of a workflow that fire next. */
  readonly route?: RouteKey | readonly RouteKey[];
  /** The workflow node that emitted the event. */
  readonly nodeInfo?: object;
  readonly isolationScope?: string;
  /**
   * The body of this event was erased. What is left has its `id`, `seq`, `timestamp` and `author`
   * as they were, an empty `invocationId`, and no actions.
   */
  readonly erased?: true;
}

export type RouteKey = string | number | boolean;

/** What an event does beside saying something. */
export interface EventActions {
  /** State keys and their new values. `app:`, `user:` and `temp:` name the scope. */
  readonly stateDelta: Readonly<Record<string, JsonValue>>;
  /** State keys to remove. Setting null is something else: null is a value. */
  readonly removedStateKeys?: readonly string[];
  /**
   * State keys and what is added to their values, which are safe integers: a missing key counts as
   * 0. `app:`, `user:` and `temp:` name the scope.
   */
  readonly stateIncrements?: Readonly<Record<string, number>>;
  /** File names of artifacts, and their new versions. */
  readonly artifactDelta?: Readonly<Record<string, number>>;
  readonly transferToAgent?: string;
  readonly escalate?: boolean;
  readonly skipSummarization?: boolean;
  /** By the id of the function call that asks. */
  readonly requestedAuthConfigs?: Readonly<Record<string, object>>;
  /** By the id of the function call that asks. */
  readonly requestedToolConfirmations?: Readonly<Record<string, object>>;
  /** A workflow's snapshot of itself, to go on from. */
  readonly agentState?: Readonly<Record<string, unknown>>;
  readonly endOfAgent?: boolean;
  /** The session was brought back to what it was at this `seq`: `rewind` appends it. */
  readonly rewind?: { readonly toSeq: number };
  /** The invocation before which a rewind went, if it named one. */
  readonly rewindBeforeInvocationId?: string;
  /** Which events do not count any more: `retract` appends it. */
  readonly retract?: Retraction;
  /** What stands for a range of events from now on. */
  readonly compaction?: Compaction;
}

/** Events that were taken out of the active ones: some, or all up to a `seq`. */
export type Retraction =
  | { readonly eventIds: readonly string[]; readonly throughSeq?: undefined }
  | { readonly throughSeq: number; readonly eventIds?: undefined };

/** A summary of the events of a range, both ends inclusive. */
export interface Compaction {
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly compactedContent: Content;
  /** The `timestamp` of the first event that it covers, in epoch ms, for readers that go by time. */
  readonly startTimestamp?: number;
  /** The `timestamp` of the last one. */
  readonly endTimestamp?: number;
}

/**
 * What goes into a service: an `Event` of which everything may be missing. Values are
 * checked as JSON when they are appended. A `seq` is ignored.
 */
export type EventInput = {
  readonly [Field in keyof Omit<Event, 'actions'>]?: Event[Field] | undefined;
} & { readonly actions?: EventActionsInput | undefined };

export type EventActionsInput = {
  readonly [Field in keyof Omit<EventActions, 'stateDelta'>]?: EventActions[Field] | undefined;
} & { readonly stateDelta?: Readonly<Record<string, unknown>> | undefined };
