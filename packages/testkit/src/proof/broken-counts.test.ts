import { describe } from 'vitest';
import { brokenCounts } from './broken-counts.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenCounts)('a service that $fault', itIsFoundOut);
