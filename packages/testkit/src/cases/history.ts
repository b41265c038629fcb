import { casesOf } from '../conformance-case.ts';

export const historyCases = casesOf('append', []);
