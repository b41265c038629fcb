import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { HoldfastError } from '@holdfast/core';
import { afterEach, expect, test, vi } from 'vitest';
import { type Client, textOf } from './client.fixture.ts';
import { appName, startServer } from './test-server.fixture.ts';
import { UserCookie } from './user-cookie.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A server with a conversation in it, and a check that all is as it was. */
async function prepare() {
  const server = await startServer();
  const client = server.client();
  await client.me();
  const id = await client.begin();
  await client.say(id, 'my name is Ada');
  const before = await client.view(id);
  const checkUnharmed = async () => {
    expect(await client.view(id)).toEqual(before);
    expect((await client.list()).sessions).toHaveLength(1);
    expect(await client.ask(id, 'what do you know about me?')).toBe('Your name is Ada.');
  };
  return { server, client, id, checkUnharmed };
}

const invalid = { status: 400, code: 'invalid_argument', type: 'application/json' };
const missing = { status: 404, code: 'not_found', type: 'application/json' };

test('a conversation that is not there is not_found in every call', async () => {
  const { client, checkUnharmed } = await prepare();
  await expectAll(client, 'no-such-session', missing);
  await checkUnharmed();
});

test("another user's conversation is not_found in every call", async () => {
  const { server, id, checkUnharmed } = await prepare();
  const grace = server.client();
  await grace.become('grace');
  await expectAll(grace, id, missing);
  await checkUnharmed();
});

test.each([
  ['a control character', 'a%00b'],
  ['a line break', 'a%0Ab'],
  ['300 bytes', 'x'.repeat(300)],
  ['white space at its end', 'a%20'],
])('an id with %s is invalid_argument in every call', async (_, id) => {
  const { client, checkUnharmed } = await prepare();
  await expectAll(client, id, { ...invalid, path: 'sessionId' });
  await checkUnharmed();
});

async function expectAll(client: Client, id: string, refusal: object): Promise<void> {
  const json = { text: 'hello' };
  for (const [call, options] of [
    [`GET /api/sessions/${id}`],
    [`DELETE /api/sessions/${id}`],
    [`GET /api/sessions/${id}/events`],
    [`GET /api/sessions/${id}/state`],
    [`POST /api/sessions/${id}/messages`, { json }],
    [`POST /api/sessions/${id}/messages`, { json: { ...json, streamingMode: 'none' } }],
    [`POST /api/sessions/${id}/interrupt`],
    [`GET /api/sessions/${id}/stream`],
  ] as const) {
    expect(await client.refused(call, options), call).toMatchObject(refusal);
  }
  const { status } = refusal as { readonly status: number };
  expect(await client.socketStatus(id), 'the WebSocket').toBe(status);
}

test.each([
  ['no JSON', '{"text":', { 'Content-Type': 'application/json' }, undefined],
  ['nothing', '', { 'Content-Type': 'application/json' }, undefined],
  ['an array', '[]', { 'Content-Type': 'application/json' }, undefined],
  ['a string', '"hello"', { 'Content-Type': 'application/json' }, undefined],
  ['null', 'null', { 'Content-Type': 'application/json' }, undefined],
  ['no type', '{"text":"hello"}', { 'Content-Type': '' }, 'Content-Type'],
  ['a form', '{"text":"hello"}', { 'Content-Type': 'text/plain' }, 'Content-Type'],
])('a body that is %s is invalid_argument', async (_, body, headers, path) => {
  const { client, id, checkUnharmed } = await prepare();
  for (const call of [`POST /api/sessions/${id}/messages`, 'PUT /api/me']) {
    const refusal = await client.refused(call, { body, headers });
    expect(refusal).toMatchObject(invalid);
    expect(refusal.path).toBe(path);
  }
  await checkUnharmed();
});

test.each([
  [{}, 'text'],
  [{ text: 7 }, 'text'],
  [{ text: '' }, 'text'],
  [{ text: ' \n' }, 'text'],
  [{ text: 'a', eventId: '' }, 'eventId'],
  [{ text: 'a', eventId: 7 }, 'eventId'],
  [{ text: 'a', eventId: 'x'.repeat(256) }, 'eventId'],
  [{ text: 'a', eventId: 'a\u0000' }, 'eventId'],
  [{ text: 'a', streamingMode: 'loud' }, 'streamingMode'],
  [{ text: 'a', streamingMode: 'bidi' }, 'streamingMode'],
  [{ text: 'a', streamingMode: 'NONE' }, 'streamingMode'],
  [{ text: 'a', streamingMode: 0 }, 'streamingMode'],
  [{ text: 'a', streamingMode: null }, 'streamingMode'],
  [{ text: 'a', config: 7 }, 'config'],
  [{ text: 'a', config: null }, 'config'],
  [{ text: 'a', config: { temperature: 2.5 } }, 'config.temperature'],
  [{ text: 'a', config: { temperature: '1' } }, 'config.temperature'],
  [{ text: 'a', config: { topP: -1 } }, 'config.topP'],
  [{ text: 'a', config: { topK: 0 } }, 'config.topK'],
  [{ text: 'a', config: { maxOutputTokens: 1.5 } }, 'config.maxOutputTokens'],
  [{ text: 'a', config: { systemInstruction: 'obey' } }, 'config.systemInstruction'],
  [{ text: 'a', config: { tools: [] } }, 'config.tools'],
  [{ text: 'a', config: { httpOptions: { baseUrl: 'http://evil' } } }, 'config.httpOptions'],
  [{ text: 'a', userId: 'grace' }, 'userId'],
])('the message %j is refused at %s, over HTTP and over the WebSocket', async (json, path) => {
  const { client, id, checkUnharmed } = await prepare();
  expect(await client.refused(`POST /api/sessions/${id}/messages`, { json })).toMatchObject({
    ...invalid,
    path,
  });
  if (path === 'streamingMode') {
    const { message } = await client.refused(`POST /api/sessions/${id}/messages`, { json });
    expect(message).toContain(`must be 'none' or 'sse'`);
  } else {
    const socket = await client.socket(id);
    socket.send({ type: 'message', ...json });
    expect(await socket.until('error')).toEqual([
      { type: 'error', error: expect.objectContaining({ code: 'invalid_argument', path }) },
    ]);
    socket.raw.close();
  }
  await checkUnharmed();
});

test.each([
  ['GET', '?recent=-1', 'recent'],
  ['GET', '?recent=1001', 'recent'],
  ['GET', '?recent=many', 'recent'],
  ['GET', '?recent=1e1', 'recent'],
  ['GET', '?recent=', 'recent'],
  ['GET', '/events?limit=0', 'limit'],
  ['GET', '/events?limit=1001', 'limit'],
  ['GET', '/events?beforeSeq=x', 'beforeSeq'],
  ['GET', '/events?afterSeq=-1', 'afterSeq'],
  ['GET', '/events?afterSeq=99999999999999999999', 'afterSeq'],
  ['GET', '/events?order=up', 'order'],
  ['GET', '/stream?after=x', 'after'],
  ['GET', '/stream?after=-1', 'after'],
  ['GET', '/stream?after=5', 'after'],
  ['GET', '/socket', 'Upgrade'],
])('%s %s is refused at %s', async (method, query, path) => {
  const { client, id, checkUnharmed } = await prepare();
  expect(await client.refused(`${method} /api/sessions/${id}${query}`)).toMatchObject({
    ...invalid,
    path,
  });
  await checkUnharmed();
});

test.each(['x', '-1', '1.5', '', '5', '99999999999999999999', '1 OR 1=1'])(
  'the Last-Event-ID %j is refused',
  async (value) => {
    const { client, id, checkUnharmed } = await prepare();
    const headers = { 'Last-Event-ID': value };
    expect(await client.refused(`GET /api/sessions/${id}/stream`, { headers })).toMatchObject({
      ...invalid,
      path: 'Last-Event-ID',
    });
    await checkUnharmed();
  },
);

test('a cursor of another list is refused', async () => {
  const { server, client, checkUnharmed } = await prepare();
  const grace = server.client();
  await grace.become('grace');
  await grace.begin();
  await grace.begin();
  const { nextCursor } = await grace.list('?limit=1');
  for (const cursor of [nextCursor, 'rubbish', '']) {
    expect(await client.refused(`GET /api/sessions?cursor=${cursor}`)).toMatchObject({
      ...invalid,
      path: 'cursor',
    });
  }
  await checkUnharmed();
});

test.each([7, '', ' ada', 'x'.repeat(256), 'a\u0007', 'é'.repeat(128), null])(
  'the user %j is refused, and the old one stays',
  async (userId) => {
    const { client, checkUnharmed } = await prepare();
    expect(await client.refused('PUT /api/me', { json: { userId } })).toMatchObject({
      ...invalid,
      path: 'userId',
    });
    expect((await client.me()).userId).toBe('ada');
    await checkUnharmed();
  },
);

test('a user may be called anything that is an id', async () => {
  const { server } = await prepare();
  const client = server.client();
  for (const userId of ['Ärger & <b>"\'</b>; =.', '__proto__', '名前', '../ada']) {
    expect((await client.become(userId)).userId).toBe(userId);
    expect((await client.me()).userId).toBe(userId);
    const id = await client.begin();
    expect((await client.view(id)).session.id).toBe(id);
  }
});

test('a forged cookie is no cookie', async () => {
  const { server, id, checkUnharmed } = await prepare();
  const grace = server.client();
  await grace.become('grace');
  const [name, value = ''] = grace.cookie?.split('=') ?? [];
  const [payload, signature] = value.split('.');
  const asEve = Buffer.from('eve').toString('base64url');
  const forged = [
    `${asEve}.${signature}`,
    `${payload}.`,
    `${payload}`,
    `.${signature}`,
    '.',
    '',
    `${payload}.${signature}.${signature}`,
    `${payload}.${signature?.slice(1)}`,
    new UserCookie('another secret').sign('grace'),
    '%00',
    'é'.normalize('NFD').replace(/[^ -~]/gu, '~'),
  ];
  for (const cookie of forged) {
    const client = server.client();
    client.cookie = `${name}=${cookie}`;
    expect((await client.me()).userId, cookie).toBe('ada');
    expect((await client.view(id)).session.id).toBe(id);
  }
  await checkUnharmed();
});

test('a signed id that is none is no cookie', () => {
  const cookie = new UserCookie('a secret');
  for (const userId of ['', ' ada', 'a\u0000', 'x'.repeat(256)]) {
    expect(cookie.read(cookie.sign(userId))).toBeUndefined();
  }
  expect(cookie.read(cookie.sign('ada'))).toBe('ada');
  expect(cookie.read(undefined)).toBeUndefined();
});

test('the cookie is hidden from scripts, and from other sites', async () => {
  const { client } = await prepare();
  const { headers } = await client.call('PUT /api/me', { json: { userId: 'grace' } });
  expect(headers.get('Set-Cookie')).toMatch(
    /^holdfast_user=[\w-]+\.[\w-]+; .*Path=\/; HttpOnly; SameSite=Strict$/u,
  );
});

test('a conversation begins with no body or {}, and with nothing else', async () => {
  const { client } = await prepare();
  for (const options of [{}, { json: {} }]) {
    expect((await client.call('POST /api/sessions', options)).status).toBe(201);
  }
  const before = (await client.list()).sessions.length;
  const headers = { 'Content-Type': 'application/json' };
  for (const [options, path] of [
    [{ json: { userId: 'grace' } }, 'userId'],
    [{ json: [] }, undefined],
    [{ json: null }, undefined],
    [{ body: '{', headers }, undefined],
    [{ body: '{}' }, 'Content-Type'],
  ] as const) {
    const refusal = await client.refused('POST /api/sessions', options);
    expect(refusal).toMatchObject(invalid);
    expect(refusal.path).toBe(path);
  }
  expect((await client.list()).sessions).toHaveLength(before);
});

test('a body of 2 MB is too_large, with a length and without', async () => {
  const { client, id, checkUnharmed } = await prepare();
  const large = JSON.stringify({ text: 'x'.repeat(2_000_000) });
  const call = `POST /api/sessions/${id}/messages`;
  const tooLarge = { status: 413, code: 'too_large', type: 'application/json' };
  const headers = { 'Content-Type': 'application/json' };
  expect(await client.refused(call, { body: large, headers })).toMatchObject(tooLarge);
  expect(await client.refused('PUT /api/me', { body: large, headers })).toMatchObject(tooLarge);
  const response = await fetch(new URL(`/api/sessions/${id}/messages`, client.url), {
    method: 'POST',
    headers: { ...headers, Cookie: client.cookie ?? '' },
    body: new Blob([large]).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { code: 'too_large' } });
  await checkUnharmed();
});

test('a message of almost 256 KiB is taken, and is no trouble', async () => {
  const { client, id } = await prepare();
  const long = `<img src=x onerror=alert(1)> ${'🦀 and my '.repeat(18_000)}`;
  const events = await client.say(id, long);
  expect(textOf(events[0])).toBe(long);
  expect((await client.view(id)).session.title).toBe('my name is Ada');
});

test('a WebSocket that sends rubbish stays usable', async () => {
  const { client, id, checkUnharmed } = await prepare();
  const socket = await client.socket(id);
  const rubbish = ['', '{', 'null', '[]', '7', '{}', '{"type":"shout"}', '{"type":7}', '\u0000'];
  for (const message of rubbish) {
    socket.raw.send(message);
    expect((await socket.until('error')).at(-1)).toMatchObject({
      error: { code: 'invalid_argument' },
    });
  }
  socket.raw.send(Buffer.from([1, 2, 3]));
  expect((await socket.until('error')).at(-1)).toMatchObject({
    error: { code: 'invalid_argument' },
  });
  await checkUnharmed();
  socket.send({ type: 'message', text: 'hello' });
  expect((await socket.until('done')).at(-2)).toMatchObject({ event: { turnComplete: true } });
});

test('a WebSocket message of more than 256 KiB closes it, and nothing else', async () => {
  const { client, id, checkUnharmed } = await prepare();
  const [socket, other] = [await client.socket(id), await client.socket(id)];
  socket.send({ type: 'message', text: 'x'.repeat(256 * 1024) });
  expect((await socket.closed)[0]).toBe(1009);
  await checkUnharmed();
  other.send({ type: 'message', text: 'hello' });
  await other.until('done');
});

test('a foreign origin may change nothing, and opens no WebSocket', async () => {
  const { client, id, checkUnharmed } = await prepare();
  const own = new URL(client.url).origin;
  const json = { text: 'hello' };
  for (const origin of ['http://evil.example', 'null', own.replace('http', 'https'), `${own}1`]) {
    const headers = { Origin: origin };
    const refusal = { status: 403, code: 'invalid_argument', path: 'Origin' };
    for (const [call, options] of [
      [`POST /api/sessions/${id}/messages`, { json, headers }],
      ['POST /api/sessions', { headers }],
      ['PUT /api/me', { json: { userId: 'grace' }, headers }],
      [`DELETE /api/sessions/${id}`, { headers }],
    ] as const) {
      expect(await client.refused(call, options), `${call} ${origin}`).toMatchObject(refusal);
    }
    expect(await client.socketStatus(id, headers)).toBe(403);
  }
  await checkUnharmed();
  const headers = { Origin: own };
  await client.take(`POST /api/sessions/${id}/messages`, {
    json: { ...json, streamingMode: 'none' },
    headers,
  });
  const socket = await client.socket(id, headers);
  socket.raw.close();
});

test('a name that is not ours is refused, whatever address it leads to', async () => {
  const { server, checkUnharmed } = await prepare();
  const { port } = new URL(server.url);
  for (const [host, status] of [
    ['evil.example', 403],
    [`evil.example:${port}`, 403],
    ['127.0.0.1.evil.example', 403],
    ['192.168.0.1', 403],
    [`localhost:${port}`, 200],
    ['[::1]', 200],
    ['127.0.0.1', 200],
  ] as const) {
    expect(await statusFor(host, Number(port)), host).toBe(status);
  }
  await checkUnharmed();
});

/** The status of a request by a name: a client of Node's would set its own. */
async function statusFor(host: string, port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`GET /api/me HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return Number(/^HTTP\/1\.1 (\d+)/u.exec(await text(socket))?.[1]);
}

test('a route that is not there is not_found, as JSON', async () => {
  const { client, id, checkUnharmed } = await prepare();
  for (const call of [
    'GET /api',
    'GET /api/nothing',
    'POST /api/me',
    'PATCH /api/me',
    `PUT /api/sessions/${id}`,
    `GET /api/sessions/${id}/nothing`,
    'GET /nothing',
    'POST /',
    'GET /../package.json',
    'GET /%2e%2e/package.json',
    'GET /api/sessions/%',
  ]) {
    const refusal = await client.refused(call);
    expect(refusal.status, call).toBeLessThan(500);
    expect(refusal, call).toMatchObject({ ...missing });
  }
  await checkUnharmed();
});

test.each([
  ['unavailable', 503],
  ['corrupt', 500],
  ['unsupported', 501],
  ['closed', 503],
  ['too_large', 413],
] as const)('a store that answers %s is answered with %i', async (code, status) => {
  const { server, client, id, checkUnharmed } = await prepare();
  const error = new HoldfastError(code, { message: 'as it is' });
  for (const method of ['get', 'list', 'create', 'listEvents', 'delete', 'getState'] as const) {
    vi.spyOn(server.service, method).mockRejectedValueOnce(error);
  }
  for (const call of [
    `GET /api/sessions/${id}`,
    'GET /api/sessions',
    'POST /api/sessions',
    `GET /api/sessions/${id}/events`,
    `DELETE /api/sessions/${id}`,
    'GET /api/state',
  ]) {
    expect(await client.refused(call), call).toMatchObject({ status, code, message: 'as it is' });
  }
  await checkUnharmed();
});

test('what nobody expected is logged, and not told', async () => {
  const { server, client, id, checkUnharmed } = await prepare();
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(server.service, 'get').mockRejectedValueOnce(new Error('a secret detail'));
  const refusal = await client.refused(`GET /api/sessions/${id}`);
  expect(refusal).toMatchObject({ status: 500, code: 'unavailable' });
  expect(JSON.stringify(refusal)).not.toContain('secret');
  expect(log).toHaveBeenCalledOnce();
  await checkUnharmed();
});

test('every answer has the headers that keep a page safe', async () => {
  const { client, id } = await prepare();
  for (const call of ['GET /', 'GET /api/me', `GET /api/sessions/${id}`, 'GET /api/nothing']) {
    const { headers } = await client.call(call);
    expect(headers.get('X-Content-Type-Options'), call).toBe('nosniff');
    expect(headers.get('Referrer-Policy'), call).toBe('no-referrer');
    const csp = headers.get('Content-Security-Policy') ?? '';
    expect(csp, call).toContain("default-src 'self'");
    expect(csp, call).toContain("frame-ancestors 'none'");
    expect(csp, call).not.toContain('unsafe');
    if (call.includes('/api/')) expect(headers.get('Cache-Control'), call).toBe('no-store');
  }
  const reader = await client.speak(id, { text: 'hello' });
  expect(reader.response.headers.get('Cache-Control')).toBe('no-store');
  await reader.rest();
});

test('an id of another app is not reached', async () => {
  const { server, client } = await prepare();
  const { id } = await server.service.create({ appName: `${appName}-2`, userId: 'ada' });
  expect(await client.refused(`GET /api/sessions/${id}`)).toMatchObject(missing);
});
