import { active } from './active.ts';
import { among } from './among.ts';
import { fork } from './fork.ts';
import { history } from './history.ts';
import { keys } from './keys.ts';
import { list } from './list.ts';
import { memoryUse } from './memory.ts';
import type { Question } from './question.ts';
import { start } from './start.ts';
import { sweep } from './sweep.ts';
import { watch } from './watch.ts';
import { writers } from './writers.ts';

export const QUESTIONS: readonly Question[] = [
  history,
  keys,
  writers,
  list,
  among,
  fork,
  active,
  sweep,
  watch,
  memoryUse,
  start,
];
