import { serveService } from '@holdfast/testkit/process';
import { MysqlSessionService, type OpenMysqlOptions } from './mysql-session-service.ts';

/** The other process of the kit. */
serveService((options) => MysqlSessionService.open(JSON.parse(options) as OpenMysqlOptions));
