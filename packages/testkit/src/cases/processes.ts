import { casesOf } from '../conformance-case.ts';

export const processCases = casesOf('processes', []);
