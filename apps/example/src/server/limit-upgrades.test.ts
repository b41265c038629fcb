import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startServer, type TestServer } from './test-server.fixture.ts';

const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A connection that sends what it is given as it is, and stays. */
function open({ url }: TestServer, lines: readonly string[]): Socket {
  const { host, port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  sockets.add(socket);
  const [first, ...rest] = lines;
  socket.write([first, `Host: ${host}`, ...rest].join('\r\n'));
  return socket.setEncoding('utf8');
}

/** What comes, up to the end of something. */
async function until(socket: Socket, end: string): Promise<string> {
  let text = '';
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    text += piece;
    if (text.includes(end)) break;
  }
  return text;
}

const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];

test.each([
  ['GET /api/me', 200, '"userId":"ada"'],
  ['GET /', 503, 'npm run build'],
  ['GET /api/nothing', 404, 'not_found'],
  ['GET /api/sessions/x/socket', 404, 'not_found'],
] as const)('%s that asks for h2c is answered as without', async (call, status, body) => {
  const socket = open(await startServer(), [`${call} HTTP/1.1`, ...h2c, '', '']);
  expect(await until(socket, body)).toContain(`HTTP/1.1 ${status} `);
  // The connection is the server's own again: it takes the next request.
  socket.write('GET /api/me HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await until(socket, '"userId"')).toContain('HTTP/1.1 200 ');
});

test('a body behind a wish for h2c is read, also where it comes late', async () => {
  const server = await startServer();
  for (const [now, later] of [
    ['{"userId":"grace"}', ''],
    ['{"user', 'Id":"grace"}'],
    ['', '{"userId":"grace"}'],
  ] as const) {
    const head = ['PUT /api/me HTTP/1.1', ...h2c, 'Content-Type: application/json'];
    const socket = open(server, [...head, 'Content-Length: 18', '', now]);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(later);
    expect(await until(socket, '"userId"')).toContain('HTTP/1.1 200 ');
  }
});

const webSocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

test('a WebSocket where there is none is answered as without, and a wrong one is ended', async () => {
  const server = await startServer();
  const page = open(server, ['GET /api/me HTTP/1.1', ...webSocket, '', '']);
  expect(await until(page, '"userId"')).toContain('HTTP/1.1 200 ');
  const missing = open(server, ['GET /api/sessions/none/socket HTTP/1.1', ...webSocket, '', '']);
  expect(await until(missing, '\r\n\r\n')).toContain('HTTP/1.1 404 ');
  const wrong = ['Connection: Upgrade', 'Upgrade: websocket'];
  const id = await server.client().begin();
  const broken = open(server, [`GET /api/sessions/${id}/socket HTTP/1.1`, ...wrong, '', '']);
  expect(await until(broken, '\r\n\r\n')).toContain('HTTP/1.1 400 ');
});

test('a server ends at once, whoever asked for an upgrade and stays', async () => {
  const server = await startServer();
  const stays = [
    open(server, ['GET /api/me HTTP/1.1', ...h2c, '', '']),
    open(server, ['GET / HTTP/1.1', ...webSocket, '', '']),
    open(server, ['GET /api/sessions/none/socket HTTP/1.1', ...webSocket, '', '']),
  ];
  for (const socket of stays) await until(socket, '\r\n\r\n');
  const ended = stays.map((socket) => once(socket.resume(), 'end'));
  const began = performance.now();
  await server.close();
  await Promise.all(ended);
  expect(performance.now() - began).toBeLessThan(1_000);
});
