import { casesOf } from '../conformance-case.ts';

export const listChangesCases = casesOf('moments', []);
