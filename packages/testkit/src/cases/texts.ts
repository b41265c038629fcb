import { casesOf } from '../conformance-case.ts';

export const textCases = casesOf('values', []);
