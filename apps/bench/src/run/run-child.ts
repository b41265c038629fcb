import type { Answer, Asked } from '../questions/question.ts';
import type { Job, Outcome } from './job.ts';
import { type ProcessLimits, runProcess } from './run-process.ts';

export interface ChildOptions extends Asked, ProcessLimits {
  readonly question: string;
}

/** Asks one contestant in a process of its own. */
export async function runChild(options: ChildOptions): Promise<Outcome<readonly Answer[]>> {
  const { question, contestant, place, cells, effort } = options;
  const job: Job = { place, cells, effort };
  const args = ['--question', question, '--contestant', contestant.id];
  return runProcess({ args, job, folder: place.folder }, options);
}
