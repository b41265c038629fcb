import { describe } from 'vitest';
import { brokenTimes } from './broken-times.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenTimes)('a service that $fault', itIsFoundOut);
