import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { QUESTIONS } from './questions/catalogue.ts';
import type { Job, Outcome } from './run/job.ts';

// One question to one contestant, in a process of its own. The outcome goes to a file, as
// libraries print what they like.
const { values } = parseArgs({
  options: {
    question: { type: 'string' },
    contestant: { type: 'string' },
    job: { type: 'string', default: 'job.json' },
  },
});
const { place, cells, effort, outcomeFile } = JSON.parse(readFileSync(values.job, 'utf8')) as Job;
let outcome: Outcome;
try {
  const question = QUESTIONS.find(({ id }) => id === values.question);
  const contestant = question?.contestants.find(({ id }) => id === values.contestant);
  if (question === undefined || contestant === undefined) throw new Error('there is no such job');
  outcome = { answers: await question.answer({ contestant, place, cells, effort }) };
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  outcome = { failure: text };
}
writeFileSync(outcomeFile, JSON.stringify(outcome));
// Some libraries leave timers and connections behind.
process.exit(0);
