import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { appName, startServer } from './test-server.fixture.ts';

const patience = 300;
const patiently = { timeout: 20_000 };

const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A connection on which these lines are said, and no more. */
function say(url: string, lines: readonly string[]): Socket {
  const { host, port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  sockets.add(socket);
  const [first, ...rest] = lines;
  socket.write([first, `Host: ${host}`, ...rest].join('\r\n'));
  return socket;
}

test.each([
  ['head', ['GET /api/me HTTP/1.1', 'Cookie: half']],
  [
    'body',
    ['PUT /api/me HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 20', '', '{"u'],
  ],
])('a request whose %s never comes whole is ended, and takes no place', async (_, lines) => {
  const server = await startServer({ patience });
  const slow = Array.from({ length: 40 }, () => say(server.url, lines));
  const answers = await Promise.all(slow.map((socket) => text(socket)));
  for (const answer of answers) expect(answer).toMatch(/^(?:HTTP\/1\.1 4(?:08|29) |$)/u);
  expect((await server.client().me()).userId).toBe('ada');
});

test('a connection on which nothing is said is ended', async () => {
  const server = await startServer({ patience });
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  sockets.add(socket);
  expect(await text(socket)).toMatch(/^(?:HTTP\/1\.1 408 |$)/u);
});

test('streams whose readers take nothing are ended, and their places are free again', async () => {
  const server = await startServer({ patience: 3_000 });
  const client = server.client();
  const id = await client.begin();
  const key = { appName, userId: 'ada', sessionId: id };
  const content = { role: 'user', parts: [{ text: 'x'.repeat(1_000_000) }] };
  const events = Array.from({ length: 7 }, () => ({ author: 'user', content }));
  for (let i = 0; i < 3; i++) await server.service.appendEvents({ ...key, events });
  const call = `GET /api/sessions/${id}/stream`;
  const silent = Array.from({ length: 24 }, () => say(server.url, [`${call} HTTP/1.1`, '', '']));
  const begun = silent.map(async (socket) => {
    await once(socket, 'data');
    socket.pause();
  });
  await Promise.all(begun);
  expect((await client.refused(call)).status).toBe(429);
  const reader = await vi.waitFor(() => client.stream(`${call}?after=20`), patiently);
  await reader.until('event');
  await reader.leave();
});

test('a HEAD of a stream leaves nobody behind who goes on reading the store', async () => {
  const server = await startServer();
  const client = server.client();
  const [id, other] = [await client.begin(), await client.begin()];
  const list = vi.spyOn(server.service, 'listEvents');
  const asked = (sessionId: string) =>
    list.mock.calls.filter(([request]) => request.sessionId === sessionId).length;
  expect((await client.call(`HEAD /api/sessions/${id}/stream`)).status).toBe(200);
  const reader = await client.stream(`GET /api/sessions/${other}/stream`);
  await vi.waitFor(() => expect(asked(other)).toBeGreaterThan(3), patiently);
  expect(asked(id)).toBe(0);
  await reader.leave();
});
