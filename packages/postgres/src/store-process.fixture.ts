import { serveService } from '@holdfast/testkit/process';
import { type OpenPostgresOptions, PostgresSessionService } from './postgres-session-service.ts';

/** The other process of the kit. */
serveService((options) => PostgresSessionService.open(JSON.parse(options) as OpenPostgresOptions));
