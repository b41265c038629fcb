import {
  allCases,
  type ConformanceOptions,
  runConformance,
  type testSessionService,
} from '@holdfast/testkit';

export declare const options: ConformanceOptions;
export const report = () => runConformance(options);
export const capabilities = async () => (await report()).capabilities;
export const results = async () => (await report()).results;
export const create = options.create;
export const created = async () => (await options.create()).create({ appName: 'a', userId: 'u' });
export const cases = allCases.filter(({ needs }) => needs === undefined);
export const contexts = cases.map(({ run }) => run);
export const runner = (...given: Parameters<typeof testSessionService>) => given[0];
