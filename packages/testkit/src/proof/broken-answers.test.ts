import { describe } from 'vitest';
import { brokenAnswers } from './broken-answers.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenAnswers)('a service that $fault', itIsFoundOut);
