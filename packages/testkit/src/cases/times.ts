import { casesOf } from '../conformance-case.ts';

export const timeCases = casesOf('values', []);
