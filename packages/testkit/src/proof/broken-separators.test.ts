import { describe } from 'vitest';
import { brokenSeparators } from './broken-separators.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenSeparators)('a service that $fault', itIsFoundOut);
