import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Asked } from '../questions/question.ts';
import type { Job, Outcome } from './job.ts';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

export interface ChildOptions extends Asked {
  readonly question: string;
  /** When it is ended, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Asks one contestant in a process of its own. */
export async function runChild(options: ChildOptions): Promise<Outcome> {
  const { question, contestant, place, cells, effort, timeoutMs, signal } = options;
  const outcomeFile = join(place.folder, 'outcome.json');
  const job: Job = { place, cells, effort, outcomeFile };
  // Not on the command line: a URL may have a password.
  const jobFile = join(place.folder, 'job.json');
  writeFileSync(jobFile, JSON.stringify(job));
  const names = ['--question', question, '--contestant', contestant.id];
  const child = spawn(
    process.execPath,
    ['--expose-gc', CHILD, ...names, '--job', jobFile],
    // Nobody reads what libraries print, but for the last words of one that fails.
    { stdio: ['ignore', 'ignore', 'pipe'], signal, killSignal: 'SIGKILL' },
  );
  const lastWords: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords.push(text);
    if (lastWords.length > 20) lastWords.shift();
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => clearTimeout(timer));
  if (isLate) return { failure: `ended after ${timeoutMs / 1000} s` };
  try {
    return JSON.parse(readFileSync(outcomeFile, 'utf8')) as Outcome;
  } catch {
    return { failure: `ended with ${code}: ${lastWords.join('').slice(-500)}` };
  }
}
