import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './job.ts';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

export interface ProcessLimits {
  /** When it is ended, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Lets a process of its own do a job. `folder` is for what is said to it, and for its answer. */
export async function runProcess<Answers>(
  asked: {
    readonly args: readonly string[];
    /** Options of Node, beside those that all have. */
    readonly nodeOptions?: readonly string[];
    /** What it is told beside where its answer goes. */
    readonly job: object;
    readonly folder: string;
  },
  { timeoutMs, signal }: ProcessLimits,
): Promise<Outcome<Answers>> {
  const { args, nodeOptions = [], job, folder } = asked;
  const outcomeFile = join(folder, 'outcome.json');
  // Not on the command line: a URL may have a password.
  const jobFile = join(folder, 'job.json');
  writeFileSync(jobFile, JSON.stringify({ ...job, outcomeFile }));
  const child = spawn(
    process.execPath,
    ['--expose-gc', ...nodeOptions, CHILD, ...args, '--job', jobFile],
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
    return JSON.parse(readFileSync(outcomeFile, 'utf8')) as Outcome<Answers>;
  } catch {
    return { failure: `ended with ${code}: ${lastWords.join('').slice(-500)}` };
  }
}
