import { expect, test, vi } from 'vitest';
import { watchEventLoop } from '../../../../packages/session/src/event-loop-watch.fixture.ts';
import { startFlood } from './flood.fixture.ts';
import { startServer } from './test-server.fixture.ts';

/** The longest that anything may hold the event loop, in ms. */
const HOLD = 50;

const patiently = { timeout: 20_000 };

/** A server, somebody who uses it, and the address of a flooder's conversation. */
async function prepare() {
  const server = await startServer({ wordDelay: 5 });
  const [ada, eve] = [server.client(), server.client()];
  await eve.become('eve');
  const id = await eve.begin();
  await ada.ask(await ada.begin(), 'hello');
  const { url } = server;
  return {
    ada,
    eve,
    id,
    flood: { url, cookie: eve.cookie ?? '', path: `/api/sessions/${id}/socket` },
  };
}

test.each([
  ['wrong messages', '{'],
  ['messages of no known type', '{"type":"shout"}'],
  ['messages while an answer comes', '{"type":"message","text":"tell me a story"}'],
])(
  '50,000 %s on a WebSocket are answered for a little, and then it is closed',
  async (_, message) => {
    const { ada, flood } = await prepare();
    const watch = watchEventLoop();
    const running = await startFlood({ ...flood, kind: 'socket', message, times: 50_000 });
    // Others are answered before the flood is over.
    await ada.me();
    await vi.waitFor(() => expect(running.report.closeCode).toBe(1008), patiently);
    watch.stop();
    expect(running.report.answers).toBeGreaterThan(0);
    expect(running.report.answers).toBeLessThan(100);
    expect(watch.longestHold()).toBeLessThan(HOLD);
  },
);

test.each([
  ['interrupts', '{"type":"interrupt"}'],
  ['pings', undefined],
])('50,000 %s on a WebSocket keep nobody from being answered', async (_, message) => {
  const { ada, eve, id, flood } = await prepare();
  const watch = watchEventLoop();
  await startFlood({ ...flood, kind: 'socket', times: 50_000, ...(message && { message }) });
  await ada.ask(await ada.begin(), 'hello');
  watch.stop();
  expect(watch.longestHold()).toBeLessThan(HOLD);
  expect((await eve.view(id)).events).toEqual([]);
});
