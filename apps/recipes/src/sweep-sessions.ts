// Chats go after 30 days without a word. A job, such as one of cron, takes them out of the store.

import { InMemorySessionService, type SessionService } from '@holdfast/in-memory';

const DAY = 24 * 60 * 60 * 1000;
let today = 0;
const service = new InMemorySessionService({ now: () => today * DAY });

const user = { appName: 'shop', userId: 'ada' };
const expires = { afterIdle: 30 * DAY };
const left = await service.create({ ...user, sessionId: 'left alone', expires });
const used = await service.create({ ...user, sessionId: 'in use', expires });
const order = await service.create({ ...user, sessionId: 'an order', expires: null });

today = 20;
await service.appendEvent({ ...used, event: { author: 'user' } });

today = 40;
// It is not there any more, swept or not.
console.log((await service.get(left))?.id);
const { sessions } = await service.list({ ...user, order: 'asc' });
console.log(sessions.map(({ id }) => id).join(', '));
console.log('swept', await sweepAll(service, { appName: 'shop' }));

// Those that never expire go as well if nobody has touched them for so long.
console.log('swept', await sweepAll(service, { appName: 'shop', idleFor: 35 * DAY }));
console.log(await service.get(order), (await service.get(used))?.id);

interface Sweep {
  readonly appName: string;
  readonly idleFor?: number;
}

/** In small steps: between two of them the job can be ended, and begun again at any time. */
async function sweepAll(sessions: SessionService, sweep: Sweep): Promise<number> {
  let all = 0;
  for (;;) {
    const { deleted, done } = await sessions.sweep({ ...sweep, allUsers: true, limit: 100 });
    all += deleted;
    if (done) return all;
  }
}
