import type { Part } from '@google/genai';
import { SqliteSessionService } from '@holdfast/sqlite';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { openShop, takeTurn } from './shop.fixture.ts';

/** What a process is asked to do: take turns in one session, in a file. */
export interface RunnerOptions {
  readonly url: string;
  readonly sessionId: string;
  readonly turns: readonly (readonly Part[])[];
}

const options: RunnerOptions = JSON.parse(process.argv[2] ?? '{}');
const store = await SqliteSessionService.open({ url: options.url, driver: 'libsql' });
const service = new HoldfastSessionService(store);
const { runner } = openShop(service);
await service.getOrCreateSession({
  appName: 'shop',
  userId: 'ada',
  sessionId: options.sessionId,
  state: { 'user:name': 'Ada' },
});
for (const parts of options.turns) {
  process.send?.(await takeTurn({ runner, sessionId: options.sessionId, parts }));
}
// It ends when it is killed: nothing is closed in good order.
setInterval(() => {}, 1000);
