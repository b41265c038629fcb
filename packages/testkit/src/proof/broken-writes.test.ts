import { describe } from 'vitest';
import { brokenWrites } from './broken-writes.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenWrites)('a service that $fault', itIsFoundOut);
