import { invalidArgument } from './holdfast-error.ts';

/**
 * How an agent's answer is delivered: whole (`None`), as a stream of partial events
 * (`SSE`), or over a connection on which both sides may speak at any time (`Bidi`).
 * The integers are those of adk-rust.
 */
export const StreamingMode = Object.freeze({ None: 0, SSE: 1, Bidi: 2 } as const);
export type StreamingMode = (typeof StreamingMode)[keyof typeof StreamingMode];

/** The wire name of a mode, as ADK writes it. */
export type StreamingModeName = 'none' | 'sse' | 'bidi';

const names: readonly string[] = ['none', 'sse', 'bidi'] satisfies StreamingModeName[];

/**
 * The mode that `value` stands for: its integer, its name in any case, or null
 * (Python's `None`) for `None`. Anything else is `invalid_argument`.
 *
 * @example
 * parseStreamingMode('SSE') === StreamingMode.SSE;
 */
export function parseStreamingMode(value: unknown): StreamingMode {
  if (value === null) return StreamingMode.None;
  const mode = typeof value === 'string' ? names.indexOf(value.toLowerCase()) : value;
  if (typeof mode === 'number' && Object.hasOwn(names, mode)) return (mode + 0) as StreamingMode;
  throw invalidArgument('streamingMode', `must be 0, 1, 2, 'none', 'sse', 'bidi' or null`);
}

/** The lower-case wire name of a mode. */
export function streamingModeName(mode: StreamingMode): StreamingModeName {
  return names[parseStreamingMode(mode)] as StreamingModeName;
}
