import { describe } from 'vitest';
import { brokenClosing } from './broken-closing.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenClosing)('a service that $fault', itIsFoundOut);
