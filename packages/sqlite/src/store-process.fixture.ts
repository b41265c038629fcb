import { serveService } from '@holdfast/testkit/process';
import { type OpenSqliteOptions, SqliteSessionService } from './sqlite-session-service.ts';

/** The other process of the kit. */
serveService((options) => SqliteSessionService.open(JSON.parse(options) as OpenSqliteOptions));
