import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { guardOrigin, limitBody } from './guard.ts';

/** Whether a server that listens on `own` answers to `host`. */
async function answers(own: string | undefined, host: string): Promise<boolean> {
  const app = new Hono()
    .use(guardOrigin({ host: own }))
    .get('/', (c) => c.text('here'))
    .onError((_, c) => c.text('no', 403));
  return (await app.request('/', { headers: { Host: host } })).status === 200;
}

test.each([undefined, '127.0.0.1', 'chat.internal', '0.0.0.0'])(
  'the names of loopback are always its own (%s)',
  async (own) => {
    for (const host of ['localhost', 'localhost:3000', '127.0.0.1:1', '127.8.8.8', '[::1]:3000']) {
      expect(await answers(own, host), host).toBe(true);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      'a@localhost',
      'localhost/x',
      '',
    ]) {
      expect(await answers(own, host), host).toBe(false);
    }
  },
);

test('the host that was asked for is its own, however it is written', async () => {
  expect(await answers('chat.internal', 'CHAT.internal:3000')).toBe(true);
  expect(await answers('chat.internal', '192.168.0.7')).toBe(false);
  expect(await answers('192.168.0.7', '192.168.0.7:3000')).toBe(true);
  expect(await answers('fe80::1', '[fe80::1]:3000')).toBe(true);
});

test('who listens on every address answers to addresses, and to no other name', async () => {
  for (const own of ['0.0.0.0', '::']) {
    expect(await answers(own, '192.168.0.7:3000')).toBe(true);
    expect(await answers(own, '[fe80::1]:3000')).toBe(true);
    expect(await answers(own, 'chat.internal')).toBe(false);
  }
});

test('a body that breaks off is the failure of its sender', async () => {
  const heard: unknown[] = [];
  const app = new Hono().use(limitBody).onError((error, c) => {
    heard.push(error);
    return c.text('no', 400);
  });
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('{"te'));
      controller.error(new Error('aborted'));
    },
  });
  const request = { method: 'POST', body, duplex: 'half' } as RequestInit;
  expect((await app.request('/', request)).status).toBe(400);
  expect(heard).toEqual([expect.objectContaining({ code: 'invalid_argument' })]);
});
