// A process of its own that never closes its service. It says what was acknowledged.

import { MysqlSessionService } from './mysql-session-service.ts';

const [url = '', tablePrefix = '', sessionId = ''] = process.argv.slice(2);
const service = await MysqlSessionService.open({ url, tablePrefix });
const key = { appName: 'app', userId: 'ada', sessionId };
console.log('begins');
const appends = Array.from({ length: 20 }, (_, i) =>
  service.appendEvent({ ...key, event: { id: `e-${i}` } }),
);
for (const { seq } of await Promise.all(appends)) console.log(seq);
