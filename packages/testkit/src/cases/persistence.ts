import { casesOf } from '../conformance-case.ts';

export const persistenceCases = casesOf('lifecycle', []);
