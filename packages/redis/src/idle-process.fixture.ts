// A process of its own that forgets to close a service.
import { RedisSessionService } from './redis-session-service.ts';

const [url = '', what] = process.argv.slice(2);
const key = { appName: 'idle', userId: 'ada', sessionId: 's' };
const service = await RedisSessionService.open({ url });
await service.getOrCreate(key);
if (what === 'waits') {
  process.stdout.write('waiting\n');
  service.get(key).then((session) => process.stdout.write(`answered ${session?.revision}\n`));
} else process.stdout.write('idle\n');
