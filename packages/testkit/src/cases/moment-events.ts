import { casesOf } from '../conformance-case.ts';

export const eventsMomentCases = casesOf('moments', []);
