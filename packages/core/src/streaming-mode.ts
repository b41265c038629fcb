import { invalidArgument } from './holdfast-error.ts';

/**
 * How an agent's answer is delivered: whole (`None`), as a stream of partial events
 * (`SSE`), or over a connection on which both sides may speak at any time (`Bidi`).
 * The integers are those of adk-rust.
 */
export const StreamingMode = Object.freeze({
  None: 0,
  SSE: 1,
  Bidi: 2,
} as const);
export type StreamingMode = (typeof StreamingMode)[keyof typeof StreamingMode];

/** The wire name of a mode, as ADK writes it. */
export type StreamingModeName = 'none' | 'sse' | 'bidi';

const names: readonly StreamingModeName[] = ['none', 'sse', 'bidi'];

/**
 * The mode that `value` stands for: its integer, its name in any case, or null
 * (Python's `None`) for `None`. Anything else is `invalid_argument`.
 */
export function parseStreamingMode(value: unknown): StreamingMode {
  if (value === null) return StreamingMode.None;
  if (typeof value === 'number' && Object.hasOwn(names, value)) return (value + 0) as StreamingMode;
  if (typeof value === 'string') {
    const mode = names.indexOf(value.toLowerCase() as StreamingModeName);
    if (mode >= 0) return mode as StreamingMode;
  }
  throw invalidArgument('streamingMode', `must be 0, 1, 2, 'none', 'sse', 'bidi' or null`);
}

/** The lower-case wire name of a mode. */
export function streamingModeName(mode: StreamingMode): StreamingModeName {
  return names[parseStreamingMode(mode)] as StreamingModeName;
}
