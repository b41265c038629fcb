import type { Effort } from './question.ts';

export const FULL_EFFORT: Effort = {
  histories: [100, 1_000, 10_000, 100_000],
  fullHistory: 10_000,
  keys: 10_000,
  listedSessions: 1_000,
  sessionCounts: [1_000, 10_000, 100_000],
  memorySessions: 10_000,
  sweptSessions: 100_000,
  watchers: 1_000,
  startUpMs: 700,
  measureMs: 200,
  warmUpMs: 80,
  loadMs: 400,
  peerFillMs: 2_000,
  startMs: 600,
};

/** Enough to see that everything runs. Its figures say nothing. */
export const SHORT_EFFORT: Effort = {
  histories: [20, 200],
  fullHistory: 200,
  keys: 50,
  listedSessions: 20,
  sessionCounts: [20, 200],
  memorySessions: 50,
  sweptSessions: 60,
  watchers: 20,
  startUpMs: 8,
  measureMs: 10,
  warmUpMs: 5,
  loadMs: 20,
  peerFillMs: 1_000,
  startMs: 1,
};
