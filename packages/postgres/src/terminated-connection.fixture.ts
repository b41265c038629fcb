// A process of its own that calls a server of which every connection ends as it is made. It
// prints the code of what the call fails with.
import { isHoldfastError } from '@holdfast/session';
import pg from 'pg';
import { PostgresSessionService } from './postgres-session-service.ts';

const [kind, url] = process.argv.slice(2);
const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
const acquireTimeout = 5_000;

async function call(): Promise<unknown> {
  switch (kind) {
    case 'open':
      return await PostgresSessionService.open({ url: url as string, acquireTimeout });
    case 'pool': {
      const client = new pg.Pool({ connectionString: url });
      client.on('error', () => {});
      const service = new PostgresSessionService({ client, acquireTimeout });
      await Promise.allSettled([service.get(key), service.get(key)]);
      return await service.get(key).finally(() => service.close());
    }
    default: {
      const client = new pg.Client({ connectionString: url });
      const connected = client.connect();
      const service = new PostgresSessionService({ client, acquireTimeout });
      await connected;
      return await service.get(key).finally(() => service.close());
    }
  }
}

try {
  await call();
} catch (error) {
  console.log(isHoldfastError(error) ? error.code : error);
}
