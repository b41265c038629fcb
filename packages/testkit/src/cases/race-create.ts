import { casesOf } from '../conformance-case.ts';

export const createRaceCases = casesOf('concurrency', []);
