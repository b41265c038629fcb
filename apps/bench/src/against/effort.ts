/** How large the stores are that are compared, and how long each call is measured. */
export interface PairedEffort {
  /** How many events the long session has. */
  readonly history: number;
  /** How many sessions the user has whose sessions are listed. */
  readonly sessions: number;
  /** How often each call is measured on both builds, one directly after the other. */
  readonly pairs: number;
  /** How long a block of calls takes on one build, in ms; a block of slow calls takes longer. */
  readonly blockMs: number;
  /** How long each call is made on each build before it is measured, in ms. */
  readonly warmUpMs: number;
}

export const FULL_PAIRS: PairedEffort = {
  history: 10_000,
  sessions: 200,
  pairs: 60,
  blockMs: 10,
  warmUpMs: 200,
};

/** Enough to see that everything runs. Its figures say nothing. */
export const SHORT_PAIRS: PairedEffort = {
  history: 200,
  sessions: 50,
  pairs: 3,
  blockMs: 1,
  warmUpMs: 1,
};
