import { describe } from 'vitest';
import { brokenLists } from './broken-lists.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenLists)('a service that $fault', itIsFoundOut);
