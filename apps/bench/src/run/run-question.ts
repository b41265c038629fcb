import type { Contestant } from '../contestants/contestant.ts';
import type { Cell, Effort, Question } from '../questions/question.ts';
import { Collector } from './collector.ts';
import type { Places } from './places.ts';
import { runChild } from './run-child.ts';

export interface RunOptions {
  readonly question: Question;
  readonly contestants: readonly Contestant[];
  /** The sections that are wanted. */
  readonly sections: readonly string[];
  readonly rounds: number;
  readonly effort: Effort;
  readonly places: Places;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Asks all contestants in turn, round by round, so that what else the machine does meets all. */
export async function runQuestion(options: RunOptions): Promise<Collector> {
  const { question, contestants, sections, rounds, effort, log } = options;
  const collector = new Collector();
  const cells = question.cells(effort).filter(({ section }) => sections.includes(section));
  for (let round = 0; round < rounds; round++) {
    // Who comes first may find the caches cold.
    const inTurn = round % 2 === 0 ? contestants : [...contestants].reverse();
    const start = performance.now();
    for (const contestant of inTurn) {
      await askOnce(options, { contestant, cells, collector });
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    log(`${question.id}: round ${round + 1} of ${rounds}, ${seconds} s`);
  }
  return collector;
}

async function askOnce(
  options: RunOptions,
  asked: {
    readonly contestant: Contestant;
    readonly cells: readonly Cell[];
    readonly collector: Collector;
  },
): Promise<void> {
  const { question, places, log } = options;
  const { contestant, collector } = asked;
  const cells = collector.open(contestant.id, asked.cells);
  if (cells.length === 0) return;
  const outcome = await places.within(contestant.group, (place) =>
    runChild({ ...options, question: question.id, contestant, place, cells }),
  );
  if (outcome.failure === undefined) {
    collector.add(contestant.id, outcome.answers);
    return;
  }
  log(`${question.id}, ${contestant.id}: ${outcome.failure}`);
  // Where things are on this machine is nobody's business.
  const missing = (outcome.failure.split('\n')[0] ?? '').replace(
    /(file:\/\/)?(\/[\w.@+-]+){2,}/g,
    '…',
  );
  collector.add(
    contestant.id,
    cells.map((cell) => ({ ...cell, missing })),
  );
}
