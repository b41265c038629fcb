import { describe } from 'vitest';
import { brokenRequests } from './broken-requests.ts';
import { itIsFoundOut } from './it-is-found-out.ts';

describe.each(brokenRequests)('a service that $fault', itIsFoundOut);
