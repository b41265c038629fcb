import { APPEND_CALLS } from './append-calls.ts';
import type { MeasuredCall } from './measured-call.ts';
import { READ_CALLS } from './read-calls.ts';
import { WRITE_CALLS } from './write-calls.ts';

export const MEASURED_CALLS: readonly MeasuredCall[] = [
  ...READ_CALLS,
  ...WRITE_CALLS,
  ...APPEND_CALLS,
];

/** Whether a name is that of a call, or what the names of several begin with: `get`, `get-recent`. */
export function isNamed({ id }: MeasuredCall, name: string): boolean {
  return id === name || id.startsWith(`${name}-`);
}
