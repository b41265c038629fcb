export { allCases } from './all-cases.ts';
export type { Capability, CaseContext, Concern, ConformanceCase } from './conformance-case.ts';
export type { ConformanceOptions } from './conformance-options.ts';
export { type CaseResult, type ConformanceReport, formatReport } from './conformance-report.ts';
export { runConformance } from './run-conformance.ts';
export {
  type TestHandle,
  type TestRunner,
  testSessionService,
} from './test-session-service.ts';
