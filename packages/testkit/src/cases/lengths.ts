import { casesOf } from '../conformance-case.ts';

export const lengthCases = casesOf('identity', []);
