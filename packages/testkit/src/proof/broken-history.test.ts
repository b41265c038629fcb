import { describe } from 'vitest';
import { brokenHistory } from './broken-history.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenHistory)('a service that $fault', itIsFoundOut);
