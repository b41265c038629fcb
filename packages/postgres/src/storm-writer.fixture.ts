// A process of its own that writes through a storm, over a pool of its own and a brought one.

import pg from 'pg';
import { writeThroughStorm } from '../../sql/src/storm-writer.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';

const [url = '', sessionId = '', timeout = ''] = process.argv.slice(2);
const timeouts = { acquireTimeout: Number(timeout), callTimeout: Number(timeout) };
const opened = await PostgresSessionService.open({ url, maxConnections: 3, ...timeouts });
const pool = new pg.Pool({ connectionString: url, max: 3 });
pool.on('error', () => {});
const brought = new PostgresSessionService({ client: pool, ...timeouts });
await writeThroughStorm([opened, brought], sessionId);
await Promise.all([opened.close(), brought.close()]);
await pool.end();
