import { casesOf } from '../conformance-case.ts';

export const countCases = casesOf('values', []);
