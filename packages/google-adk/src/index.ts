export { isHoldfastError } from '@holdfast/session';
export { guardApiServer } from './guard-api-server.ts';
export {
  HoldfastSessionService,
  type HoldfastSessionServiceOptions,
} from './holdfast-session-service.ts';
export type {
  AdkDatabase,
  AdkDatabaseDialect,
  AdkDatabaseRow,
} from './import/adk-database.ts';
export {
  type AdkImportReport,
  type AdkImportRequest,
  importAdkDatabase,
} from './import/import-adk-database.ts';
export { toAdkRunConfig } from './to-adk-run-config.ts';
