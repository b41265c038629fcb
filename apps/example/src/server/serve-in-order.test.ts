import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { startServer } from './test-server.fixture.ts';

test('requests that are sent without waiting for an answer are worked one by one, in order', async () => {
  const server = await startServer();
  const client = server.client();
  const ids = await Promise.all(Array.from({ length: 5 }, () => client.begin()));
  let atOnce = 0;
  let mostAtOnce = 0;
  const { get } = server.service;
  vi.spyOn(server.service, 'get').mockImplementation(async (request) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    const session = await get.call(server.service, request);
    await new Promise(setImmediate);
    atOnce--;
    return session;
  });
  const { host, port } = new URL(server.url);
  const heads = ids.map((id) => `GET /api/sessions/${id}/state HTTP/1.1\r\nHost: ${host}\r\n`);
  const body = '{"userId":"grace"}';
  const put = `PUT /api/me HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const last = `GET /api/state HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const socket = connect(Number(port), '127.0.0.1');
  socket.write([put, ...heads.map((head) => `${head}\r\n`), put, last].join(''));
  const answers = await text(socket);
  expect(answers.match(/HTTP\/1\.1 200/gu)).toHaveLength(8);
  const places = ids.map((id) => answers.indexOf(`"id":"${id}"`));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(answers.indexOf('grace'));
  expect(mostAtOnce).toBe(1);
});

test('a connection that breaks off while requests wait leaves the server as it was', async () => {
  const server = await startServer({ wordDelay: 20 });
  const client = server.client();
  const id = await client.begin();
  const { host, port } = new URL(server.url);
  const head = `HTTP/1.1\r\nHost: ${host}\r\n`;
  const message = '{"text":"tell me a story","streamingMode":"none"}';
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /api/sessions/${id}/messages ${head}Content-Type: application/json\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
  );
  socket.write(`GET /api/sessions/${id} ${head}\r\n`.repeat(50));
  await vi.waitFor(async () => expect((await client.view(id)).answering).toBe(true), 20_000);
  socket.destroy();
  await client.call(`POST /api/sessions/${id}/interrupt`);
  await vi.waitFor(async () => expect((await client.view(id)).answering).toBe(false), 20_000);
  expect((await client.view(id)).events.at(-1)).toMatchObject({ interrupted: true });
});
