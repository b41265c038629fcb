import { describe } from 'vitest';
import { brokenIncarnations } from './broken-incarnations.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenIncarnations)('a service that $fault', itIsFoundOut);
