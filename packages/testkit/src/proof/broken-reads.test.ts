import { describe } from 'vitest';
import { brokenReads } from './broken-reads.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenReads)('a service that $fault', itIsFoundOut);
