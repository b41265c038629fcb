import { describe } from 'vitest';
import { brokenLooks } from './broken-looks.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenLooks)('a service that $fault', itIsFoundOut);
