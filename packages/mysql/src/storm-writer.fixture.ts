// A process of its own that writes through a storm, over a pool of its own and a brought one.

import { createPool } from 'mysql2/promise';
import { writeThroughStorm } from '../../sql/src/storm-writer.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';

const [url = '', sessionId = '', timeout = ''] = process.argv.slice(2);
const timeouts = { acquireTimeout: Number(timeout), callTimeout: Number(timeout) };
const opened = await MysqlSessionService.open({ url, maxConnections: 3, ...timeouts });
const pool = createPool({ uri: url, multipleStatements: true, connectionLimit: 3 });
const brought = new MysqlSessionService({ client: pool, ...timeouts });
await writeThroughStorm([opened, brought], sessionId);
await Promise.all([opened.close(), brought.close()]);
await pool.end();
