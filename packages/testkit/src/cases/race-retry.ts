import { casesOf } from '../conformance-case.ts';

export const retryRaceCases = casesOf('concurrency', []);
