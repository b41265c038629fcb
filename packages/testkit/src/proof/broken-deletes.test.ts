import { describe } from 'vitest';
import { brokenDeletes } from './broken-deletes.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenDeletes)('a service that $fault', itIsFoundOut);
