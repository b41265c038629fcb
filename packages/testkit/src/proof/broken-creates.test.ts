import { describe } from 'vitest';
import { brokenCreates } from './broken-creates.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenCreates)('a service that $fault', itIsFoundOut);
