export { activeEvents } from './active-events.ts';
export { type AppendSummaryRequest, appendSummary, type SummaryService } from './append-summary.ts';
export type { Budget, Size } from './budget.ts';
export {
  type CompactRequest,
  type CompactResult,
  type CompactService,
  compact,
} from './compact.ts';
export { estimateTokens } from './estimate-tokens.ts';
export type { History } from './history.ts';
export type { OpenCall } from './open-calls.ts';
export { type RepairOptions, repairHistory } from './repair-history.ts';
export { type HistoryWindow, type OrphanResponse, selectWindow } from './select-window.ts';
export { type ContentsOptions, toContents } from './to-contents.ts';
