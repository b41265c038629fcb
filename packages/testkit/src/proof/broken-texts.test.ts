import { describe } from 'vitest';
import { brokenTexts } from './broken-texts.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenTexts)('a service that $fault', itIsFoundOut);
