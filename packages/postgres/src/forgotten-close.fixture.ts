// A process of its own that never closes its service. It says what was acknowledged.
import { PostgresSessionService } from './postgres-session-service.ts';

const [url = '', schema, sessionId = ''] = process.argv.slice(2);
const service = await PostgresSessionService.open({ url, schema });
const key = { appName: 'app', userId: 'ada', sessionId };
console.log('begins');
const events = Array.from({ length: 20 }, (_, i) =>
  service.appendEvent({ ...key, event: { id: `${i}` } }),
);
for (const { seq } of await Promise.all(events)) console.log(seq);
