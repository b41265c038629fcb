import { casesOf } from '../conformance-case.ts';

export const separatorCases = casesOf('identity', []);
