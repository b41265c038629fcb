import { describe } from 'vitest';
import { brokenPagesAndNumbers } from './broken-pages-and-numbers.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenPagesAndNumbers)('a service that $fault', itIsFoundOut);
