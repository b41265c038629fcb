import { parseCount } from '../run/parse-count.ts';
import { isNamed, MEASURED_CALLS } from './calls.ts';
import { COMPARED_STORES } from './stores.ts';

/** What is asked of a comparison of two builds. */
export interface AgainstLine {
  /** A folder with the packed packages of the other build. */
  readonly against: string;
  /** A folder with those of this build; undefined: the workspace, which is built and packed. */
  readonly now: string | undefined;
  /** The stores to compare on; undefined: all. */
  readonly only: readonly string[] | undefined;
  /** The calls to compare, or what their names begin with; undefined: all. */
  readonly calls: readonly string[] | undefined;
  readonly short: boolean;
  /** How many processes each store gets. */
  readonly rounds: number;
  /** How many pairs each process measures of a call; undefined: as usual. */
  readonly pairs: number | undefined;
  /** A file for the figures. */
  readonly json: string | undefined;
}

/** Options that have a meaning only with `--against`. */
export const AGAINST_OPTIONS = {
  now: { type: 'string' },
  pairs: { type: 'string' },
  calls: { type: 'string' },
  json: { type: 'string' },
} as const;

export const AGAINST_USAGE = `npm run bench -- --against FOLDER [--now FOLDER] [--short] [--rounds N] [--pairs N]
                 [--only STORE,…] [--calls CALL,…] [--json FILE]

compares two builds of the packages, call by call, and prints the ratios.

--against    the packed packages of the other build
--now        those of this build; the workspace, built and packed, if it is not given
--short      small sizes, few pairs, one round: whether everything runs
--rounds     how many processes each store gets: 4
--pairs      how many pairs each of them measures of a call: 60
--only       compare on these stores alone
--calls      compare these calls alone
--json       writes the figures to a file

STORE is one of ${COMPARED_STORES.map(({ id }) => id).join(', ')}.
CALL is one of ${MEASURED_CALLS.map(({ id }) => id).join(', ')},
or what several begin with: get.`;

/** The line of a comparison; an `Error` that says what is wrong with it. */
export function againstLine(
  values: Pick<AgainstLine, 'against' | 'short'> & {
    readonly [Name in 'only' | 'rounds' | keyof typeof AGAINST_OPTIONS]?: string;
  },
): AgainstLine {
  const { against, now, short, json } = values;
  const only = values.only?.split(',');
  const store = only?.find((name) => COMPARED_STORES.every(({ id }) => id !== name));
  if (store !== undefined) throw new Error(`there is no store ${store} to compare on`);
  const calls = values.calls?.split(',');
  const call = calls?.find((name) => !MEASURED_CALLS.some((each) => isNamed(each, name)));
  if (call !== undefined) throw new Error(`there is no call ${call} to compare`);
  const pairs = parseCount(values.pairs, '--pairs');
  const rounds = parseCount(values.rounds, '--rounds') ?? (short ? 1 : 4);
  return { against, now, only, calls, short, rounds, pairs, json };
}
