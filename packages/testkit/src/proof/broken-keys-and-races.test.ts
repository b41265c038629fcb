import { describe } from 'vitest';
import { brokenKeysAndRaces } from './broken-keys-and-races.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenKeysAndRaces)('a service that $fault', itIsFoundOut);
