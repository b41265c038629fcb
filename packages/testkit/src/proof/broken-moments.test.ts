import { describe } from 'vitest';
import { brokenMoments } from './broken-moments.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenMoments)('a service that $fault', itIsFoundOut);
