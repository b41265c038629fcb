import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchEventLoop } from '../../../../packages/session/src/event-loop-watch.fixture.ts';
import { openSessionService } from '../store/open-session-service.ts';
import { createSteadyClock } from '../store/steady-clock.ts';
import { temporaryFolder } from '../store/temporary-folder.fixture.ts';
import { startFlood } from './flood.fixture.ts';
import { appName, startServer } from './test-server.fixture.ts';

/** The longest that anything may hold the event loop, in ms. */
const HOLD = 100;

/** The same if so many connections come at once that Node is busy with taking them in. */
const HOLD_OF_MANY = 250;

const patiently = { timeout: 20_000 };

/** A server over a file, somebody who uses it, and eve, who has a long conversation and floods. */
async function prepare() {
  const service = await openSessionService(`sqlite:${join(temporaryFolder(), 'chat.db')}`, {
    now: createSteadyClock(),
  });
  const server = await startServer({ service });
  const [ada, eve] = [server.client(), server.client()];
  await eve.become('eve');
  const id = await eve.begin();
  const key = { appName, userId: 'eve', sessionId: id };
  const content = { role: 'user', parts: [{ text: 'and then? '.repeat(100) }] };
  const events = Array.from({ length: 1_000 }, () => ({ author: 'user', content }));
  await service.appendEvents({ ...key, events });
  const mine = await ada.begin();
  await ada.ask(mine, 'hello');
  const flood = {
    url: server.url,
    cookie: eve.cookie ?? '',
    kind: 'requests',
    reads: true,
  } as const;
  return { ada, eve, id, mine, flood, path: `/api/sessions/${id}` };
}

test('2,000 streams of one user are bounded, and others are answered meanwhile', async () => {
  const { ada, eve, mine, flood, path } = await prepare();
  const watch = watchEventLoop();
  const streams = { ...flood, path: `${path}/stream`, connections: 2_000, times: 1 };
  const running = await startFlood(streams);
  expect(await ada.ask(mine, 'hello')).toContain('Hello!');
  const stream = await ada.stream(`GET /api/sessions/${mine}/stream`);
  await stream.until('event');
  await vi.waitFor(() => expect(running.report.answers).toBeGreaterThan(1_900), patiently);
  watch.stop();
  const { 200: open, 429: refused, ...others } = running.report.statuses;
  expect(open).toBe(24);
  expect(refused).toBeGreaterThan(1_800);
  expect(others).toEqual({});
  expect(watch.longestHold()).toBeLessThan(HOLD_OF_MANY);
  await stream.leave();

  // One more is told when to come again, and may, when the others are gone.
  const { status, headers, body } = await eve.call(`GET ${path}/stream`);
  expect([status, body]).toEqual([
    429,
    { error: { code: 'unavailable', message: expect.stringContaining('too many') } },
  ]);
  expect(headers.get('Retry-After')).toBe('1');
  running.stop();
  const again = await vi.waitFor(() => eve.stream(`GET ${path}/stream`), patiently);
  await again.until('event');
  await again.leave();
});

test('reads of a long conversation that come all at once on a connection let others in', async () => {
  const { ada, eve, mine, flood, path, id } = await prepare();
  const watch = watchEventLoop();
  const reads = { ...flood, path: `${path}?recent=1000`, connections: 5, times: 100 };
  const running = await startFlood(reads);
  for (let i = 0; i < 5; i++) expect(await ada.ask(mine, 'hello')).toContain('Hello!');
  watch.stop();
  // Nobody has waited for the end of the flood.
  expect(running.report.answers).toBeLessThan(250);
  expect(watch.longestHold()).toBeLessThan(HOLD);
  running.stop();
  await vi.waitFor(async () => expect((await eve.view(id)).events).toHaveLength(50), patiently);
});

test('who reads on 500 connections is answered in part, and others as ever', async () => {
  const { ada, eve, mine, flood, path, id } = await prepare();
  const watch = watchEventLoop();
  const reads = { ...flood, path: `${path}/events?limit=1000`, connections: 500, times: 1 };
  const running = await startFlood(reads);
  expect(await ada.ask(mine, 'hello')).toContain('Hello!');
  await vi.waitFor(() => expect(running.report.answers).toBeGreaterThan(450), patiently);
  watch.stop();
  expect(Object.keys(running.report.statuses)).toEqual(['200', '429']);
  expect(watch.longestHold()).toBeLessThan(HOLD_OF_MANY);
  await vi.waitFor(async () => expect((await eve.view(id)).events).toHaveLength(50), patiently);
});

test('a page of large events is cut short, and says that there is more', async () => {
  const eve = (await startServer()).client();
  const id = await eve.begin();
  for (let i = 0; i < 6; i++) await eve.say(id, 'x'.repeat(250_000));
  const { events, session } = await eve.view(id, '?recent=1000');
  expect(session.revision).toBe(12);
  expect(events.at(-1)?.seq).toBe(12);
  expect(events[0]?.seq).toBeGreaterThan(7);
  const page = await eve.take<{ events: readonly { seq: number }[]; hasMore: boolean }>(
    `GET /api/sessions/${id}/events?limit=1000`,
  );
  expect(page.hasMore).toBe(true);
  const last = page.events.at(-1)?.seq ?? 0;
  expect(page.events.map(({ seq }) => seq)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
});

test('answers that nobody waits for are bounded, and others are answered meanwhile', async () => {
  const server = await startServer({ wordDelay: 1_000 });
  const [ada, eve] = [server.client(), server.client()];
  await eve.become('eve');
  const ids: string[] = [];
  for (let i = 0; i < 24; i++) {
    const id = await eve.begin();
    const answer = await eve.speak(id, { text: 'tell me a story' });
    await answer.leave();
    ids.push(id);
  }
  const json = { text: 'tell me a story' };
  const next = `POST /api/sessions/${await eve.begin()}/messages`;
  expect((await eve.refused(next, { json })).status).toBe(429);
  const mine = await ada.speak(await ada.begin(), json);
  await mine.until('event');
  await mine.leave();
  await eve.call(`POST /api/sessions/${ids[0]}/interrupt`);
  const again = await vi.waitFor(() => eve.stream(next, { json }), patiently);
  await again.until('event');
  await again.leave();
});
