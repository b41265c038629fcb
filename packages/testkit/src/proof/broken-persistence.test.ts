import { describe } from 'vitest';
import { brokenPersistence } from './broken-persistence.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenPersistence)('a service that $fault', itIsFoundOut);
