import { parseArgs } from 'node:util';
import {
  AGAINST_OPTIONS,
  AGAINST_USAGE,
  type AgainstLine,
  againstLine,
} from '../against/against-line.ts';
import { CONTESTANTS } from '../contestants/catalogue.ts';
import { QUESTIONS } from '../questions/catalogue.ts';
import { parseCount } from './parse-count.ts';

export interface CommandLine {
  /** The sections to measure; undefined: all. */
  readonly sections: readonly string[] | undefined;
  /** The contestants to measure; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly short: boolean;
  readonly peers: boolean;
  readonly rounds: number;
  /** Where the report goes. */
  readonly out: string | undefined;
  /** Only write the report of what was measured before. */
  readonly render: boolean;
  /** Only say what can be said. */
  readonly help: boolean;
  /** Compare two builds of the packages, and do nothing else; undefined: compare none. */
  readonly against: AgainstLine | undefined;
}

export const USAGE = `npm run bench -- [SECTION…] [--short] [--peers | --no-peers] [--rounds N]
                 [--only CONTESTANT,…] [--out FOLDER] [--render]

SECTION is one of ${QUESTIONS.flatMap(({ sections }) => sections.map(({ id }) => id)).join(', ')};
all of them where none is named.

--short      small sizes, one round, no peers; the report goes to a temporary folder
--no-peers   without other libraries (--peers: with them, also in the short form)
--rounds     how often each contestant is asked: 5
--only       measure these contestants alone, and keep what is known of the others
--out        where the report goes, docs/benchmarks where it is missing
--render     write the report again from what was measured before
--help       this

CONTESTANT is one of ${CONTESTANTS.map(({ id }) => id).join(', ')}.

${AGAINST_USAGE}`;

/** The arguments; an `Error` that says what is wrong with them. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      short: { type: 'boolean', default: false },
      peers: { type: 'boolean' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string' },
      render: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      against: { type: 'string' },
      ...AGAINST_OPTIONS,
    },
  });
  const { short, render, out, help, against } = values;
  const known = QUESTIONS.flatMap(({ sections }) => sections.map(({ id }) => id));
  const unknown = positionals.find((each) => !known.includes(each));
  if (unknown !== undefined) throw new Error(`there is no section ${unknown}`);
  const rounds = parseCount(values.rounds, '--rounds') ?? (short ? 1 : 5);
  if (against === undefined) {
    const lost = Object.keys(AGAINST_OPTIONS).find((name) => name in values);
    if (lost !== undefined) throw new Error(`--${lost} needs --against`);
  } else if (positionals.length > 0) {
    throw new Error(`--against takes no section: ${positionals[0]}`);
  }
  return {
    sections: positionals.length > 0 ? positionals : undefined,
    only: values.only?.split(','),
    peers: values.peers ?? !short,
    ...{ short, render, help, out, rounds },
    against: against === undefined ? undefined : againstLine({ ...values, against }),
  };
}
