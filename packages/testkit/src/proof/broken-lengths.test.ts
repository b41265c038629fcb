import { describe } from 'vitest';
import { brokenLengths } from './broken-lengths.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenLengths)('a service that $fault', itIsFoundOut);
