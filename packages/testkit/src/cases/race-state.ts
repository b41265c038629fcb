import { casesOf } from '../conformance-case.ts';

export const stateRaceCases = casesOf('concurrency', []);
