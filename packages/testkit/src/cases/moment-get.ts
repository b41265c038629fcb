import { casesOf } from '../conformance-case.ts';

export const getMomentCases = casesOf('moments', []);
