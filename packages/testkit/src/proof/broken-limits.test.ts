import { describe } from 'vitest';
import { brokenLimits } from './broken-limits.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenLimits)('a service that $fault', itIsFoundOut);
