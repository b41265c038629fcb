import { setImmediate as turn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { watchEventLoop } from '../../../../packages/session/src/event-loop-watch.fixture.ts';
import type { Model } from '../agent/model.ts';
import { startFlood } from './flood.fixture.ts';
import { startServer } from './test-server.fixture.ts';

/** The longest that anything may hold the event loop, in ms. */
const HOLD = 100;

const patiently = { timeout: 50_000 };

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

test('one user may have 24 WebSockets open, and then others still may', async () => {
  const { ada, eve, id } = await prepare();
  const sockets = await Promise.all(Array.from({ length: 24 }, () => eve.socket(id)));
  expect(await eve.socketStatus(id)).toBe(429);
  const other = await ada.socket(await ada.begin());
  other.raw.close();
  sockets[0]?.raw.close();
  const again = await vi.waitFor(() => eve.socket(id), patiently);
  for (const socket of [...sockets, again]) socket.raw.close();
});

test('messages that wait for the end of an answer are bounded', async () => {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  // It does not heed its interruption.
  const model: Model = {
    name: 'deaf',
    async *generate() {
      yield { kind: 'part', part: { text: 'well' } };
      await held;
    },
  };
  const client = (await startServer({ model })).client();
  const socket = await client.socket(await client.begin());
  socket.send({ type: 'message', text: 'hello' });
  await socket.until('partial');
  socket.send({ type: 'interrupt' });
  for (let i = 0; i < 30; i++) socket.send({ type: 'message', text: 'and?' });
  expect((await socket.closed)[0]).toBe(1008);
  letGo();
});

test('a WebSocket whose reader takes nothing is cut off before the memory is full', async () => {
  const model: Model = {
    name: 'talkative',
    async *generate() {
      for (let i = 0; i < 100; i++) {
        yield { kind: 'part', part: { text: 'x'.repeat(64 * 1024) } };
        await turn();
      }
    },
  };
  const server = await startServer({ model });
  const client = server.client();
  const id = await client.begin();
  const socket = await client.socket(id);
  socket.raw.pause();
  socket.send({ type: 'message', text: 'hello' });
  await vi.waitFor(async () => {
    expect((await client.view(id)).events.at(-1)).toMatchObject({ turnComplete: true });
  }, patiently);
  socket.raw.resume();
  // 1006 if it has not come to reading why.
  expect([1006, 1013]).toContain((await socket.closed)[0]);
});
