import { casesOf } from '../conformance-case.ts';

export const deleteRaceCases = casesOf('concurrency', []);
