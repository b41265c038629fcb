import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ofBoth } from './against/build.ts';
import { compareStore } from './against/compare-store.ts';
import { loadFrom } from './against/load-packages.ts';
import type { ComparisonJob } from './against/run-comparison.ts';
import { QUESTIONS } from './questions/catalogue.ts';
import type { Job, Outcome } from './run/job.ts';

// One question to one contestant, or two builds on one store, in a process of its own. The outcome
// goes to a file, as libraries print what they like.
const { values } = parseArgs({
  options: {
    question: { type: 'string' },
    contestant: { type: 'string' },
    against: { type: 'boolean', default: false },
    job: { type: 'string', default: 'job.json' },
  },
});
const job = JSON.parse(readFileSync(values.job, 'utf8'));
let outcome: Outcome<readonly unknown[]>;
try {
  outcome = { answers: values.against ? await compare(job) : await ask(job) };
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  outcome = { failure: text };
}
writeFileSync(job.outcomeFile, JSON.stringify(outcome));
// Some libraries leave timers and connections behind.
process.exit(0);

async function ask({ place, cells, effort }: Job) {
  const question = QUESTIONS.find(({ id }) => id === values.question);
  const contestant = question?.contestants.find(({ id }) => id === values.contestant);
  if (question === undefined || contestant === undefined) throw new Error('there is no such job');
  return question.answer({ contestant, place, cells, effort });
}

async function compare(comparison: ComparisonJob) {
  const { installed, order } = comparison;
  return compareStore(comparison, await ofBoth(async (build) => loadFrom(installed[build]), order));
}
