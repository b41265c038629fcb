import { describe } from 'vitest';
import { allCases } from './all-cases.ts';
import type { Concern } from './conformance-case.ts';

const concerns: ReadonlySet<string> = new Set(allCases.map(({ concern }) => concern));

/**
 * A `describe` for a second form of a store that the whole kit judges in another one: the concerns
 * that this form can break.
 */
export function describeSome(isMeant: (concern: Concern) => boolean) {
  return (title: string, body: () => void): void => {
    if (!concerns.has(title) || isMeant(title as Concern)) describe(title, body);
  };
}

/** What depends on who waits for whom, and on when something is seen. */
const racing: ReadonlySet<Concern> = new Set(['concurrency', 'moments', 'delete', 'lifecycle']);

export const isRacing = (concern: Concern): boolean => racing.has(concern);

// What is made of calls that other concerns show as well, or waits for a time.
const composed: ReadonlySet<Concern> = new Set([
  ...(['rewind', 'retract', 'active', 'expiry', 'sweep', 'eraseUser'] as const),
  ...(['turns', 'watch', 'export', 'storage'] as const),
]);

/** What one call after the other shows, each kind of statement once. */
export const isSequential = (concern: Concern): boolean =>
  concern !== 'concurrency' && concern !== 'moments' && !composed.has(concern);

const written: ReadonlySet<Concern> = new Set([
  ...(['create', 'append', 'incarnation', 'state', 'labels', 'fork', 'retract'] as const),
  ...(['sweep', 'eraseUser', 'increments'] as const),
]);

/** What depends on the order of statements within a write. */
export const isWriting = (concern: Concern): boolean => isRacing(concern) || written.has(concern);
