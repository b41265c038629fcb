import { describe } from 'vitest';
import { brokenSkips } from './broken-skips.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenSkips)('a service that $fault', itIsFoundOut);
