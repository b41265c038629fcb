import { expect, test } from 'vitest';
import type { Me } from '../api/wire.ts';
import { startServer } from './test-server.fixture.ts';

/** What a browser sends along when another site's page has made it ask. */
const foreign = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };

test('reading who the user is sets no cookie, known or not', async () => {
  const client = (await startServer()).client();
  for (const headers of [{}, { Cookie: 'holdfast_user=forged' }, foreign]) {
    const answer = await client.call('GET /api/me', { headers });
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect((await client.me()).userId).toBe('ada');
});

test("a link, an image, a form or a script of another site's page reaches no part of the API", async () => {
  const client = (await startServer()).client();
  await client.become('grace');
  const id = await client.begin();
  const before = await client.view(id);
  for (const site of ['cross-site', 'same-site']) {
    const headers = { 'Sec-Fetch-Site': site };
    for (const [call, options] of [
      ['GET /api/me', { headers }],
      ['PUT /api/me', { headers, json: { userId: 'eve' } }],
      ['GET /api/state', { headers }],
      ['GET /api/sessions', { headers }],
      ['POST /api/sessions', { headers }],
      [`GET /api/sessions/${id}`, { headers }],
      [`GET /api/sessions/${id}/state`, { headers }],
      [`GET /api/sessions/${id}/events`, { headers }],
      [`GET /api/sessions/${id}/stream`, { headers }],
      [`POST /api/sessions/${id}/messages`, { headers, json: { text: 'hello' } }],
      [`POST /api/sessions/${id}/interrupt`, { headers }],
      [`DELETE /api/sessions/${id}`, { headers }],
    ] as const) {
      const answer = await client.call(call, options);
      expect(answer.status, `${call} ${site}`).toBe(403);
      expect(answer.headers.getSetCookie(), `${call} ${site}`).toEqual([]);
    }
    expect(await client.socketStatus(id, headers)).toBe(403);
  }
  expect((await client.me()).userId).toBe('grace');
  expect(await client.view(id)).toEqual(before);
  expect((await client.list()).sessions).toHaveLength(1);
});

test('a foreign origin may not read, either', async () => {
  const client = (await startServer()).client();
  const headers = { Origin: 'http://evil.example' };
  expect(await client.refused('GET /api/me', { headers })).toMatchObject({
    status: 403,
    path: 'Origin',
  });
});

test("the page is there for whoever follows another site's link, and the API for the page", async () => {
  const client = (await startServer()).client();
  // 503: the page of this server is not built. It is not refused.
  expect((await client.call('GET /', { headers: foreign })).status).toBe(503);
  for (const site of ['same-origin', 'none']) {
    const headers = { 'Sec-Fetch-Site': site };
    const { status, body } = await client.call<Me>('GET /api/me', { headers });
    expect([status, body.userId]).toEqual([200, 'ada']);
  }
});
