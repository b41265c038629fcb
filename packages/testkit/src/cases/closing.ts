import { casesOf } from '../conformance-case.ts';

export const closingCases = casesOf('lifecycle', []);
