import { casesOf } from '../conformance-case.ts';

export const appendRaceCases = casesOf('concurrency', []);
