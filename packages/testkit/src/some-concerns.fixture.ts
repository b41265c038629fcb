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

/** What one call after the other shows. */
export const isSequential = (concern: Concern): boolean =>
  concern !== 'concurrency' && concern !== 'moments';
