import { describe } from 'vitest';
import { brokenRemovals } from './broken-removals.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenRemovals)('a service that $fault', itIsFoundOut);
