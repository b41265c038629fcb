import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresSessionService } from '@holdfast/postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort, OwnServer, serverPrograms } from '../../postgres/src/own-server.fixture.ts';
import { type ApiRequest, ApiServerProcess, appName, runRequest } from './api-server.fixture.ts';
import { faultsOfAdk, malformedRequests } from './malformed-requests.fixture.ts';
import { tempFolder } from './stores.fixture.ts';

const folder = tempFolder();
const pathOf = (id: string) => `/apps/${appName}/users/ada/sessions/${encodeURIComponent(id)}`;

/** A session that is made, and a message that is answered in it. */
async function converse(server: ApiServerProcess, id: string) {
  expect((await server.send({ path: pathOf(id), body: {} })).status).toBe(200);
  const { status, text } = await server.send(runRequest(id));
  expect(status, text).toBe(200);
  expect(JSON.parse(text)).toHaveLength(3);
  const stored = await server.send({ path: pathOf(id) });
  expect(JSON.parse(stored.text).state).toEqual({ count: 1 });
}

/** Fails at the first request that is not answered: it has ended the server. */
async function sendAll(server: ApiServerProcess, requests: readonly ApiRequest[]) {
  const statuses: number[] = [];
  for (const request of requests) {
    const { status } = await server.send(request).catch((error) => {
      const sent = JSON.stringify(request).slice(0, 300);
      throw new Error(`no answer to ${sent}: ${error}`, { cause: error });
    });
    statuses.push(status);
  }
  return statuses;
}

async function untilEvents(
  server: ApiServerProcess,
  { id, count }: { readonly id: string; readonly count: number },
) {
  const read = async () => JSON.parse((await server.send({ path: pathOf(id) })).text).events;
  await vi.waitFor(async () => expect(await read()).toHaveLength(count), { timeout: 30_000 });
}

/** A request of each route that asks the session service. */
function onEveryRoute(id: string): ApiRequest[] {
  const run = runRequest(id);
  const path = pathOf(id);
  return [
    run,
    { ...run, path: '/run_sse' },
    { ...run, path: '/api/reasoning_engine' },
    { path },
    { path, body: {} },
    { path, method: 'DELETE' },
    { path: `/apps/${appName}/users/ada/sessions` },
    { path: `/apps/${appName}/users/ada/sessions`, body: {} },
    { path: `${path}/events/e/graph` },
  ];
}

describe("ADK's API server on a store of Holdfast", () => {
  let server: ApiServerProcess;
  beforeAll(async () => {
    server = await ApiServerProcess.start({});
  });
  afterAll(() => server.stop());

  it('goes on after malformed requests of every kind', async () => {
    await server.send({ path: pathOf('s'), body: {} });
    await sendAll(server, malformedRequests);
    await converse(server, 'good');
  });

  it('does not find a session whose id cannot exist, and does not create it', async () => {
    const path = pathOf(' s ');
    const sent = await sendAll(server, [
      { path: '/run', body: {} },
      { path: '/run_sse', body: { appName, userId: 'ada', sessionId: 5 } },
      { path },
      { path, method: 'DELETE' },
      { path, body: {} },
    ]);
    expect(sent).toEqual([404, 404, 404, 404, 500]);
    const list = await server.send({ path: `/apps/${appName}/users/${'x'.repeat(300)}/sessions` });
    expect(JSON.parse(list.text)).toMatchObject({ sessions: [], totalItems: 0 });
  });

  it('goes on after a client that hangs up in the middle of a run', async () => {
    const path = pathOf('left');
    await server.send({ path, body: {} });
    const gate = join(folder, 'left');
    const client = new AbortController();
    const run = server.send(runRequest('left', gate), client.signal);
    const left = expect(run).rejects.toThrow('abort');
    await untilEvents(server, { id: 'left', count: 2 });
    client.abort();
    await left;
    writeFileSync(gate, '');
    await converse(server, 'stayed');
  });

  it('answers 400 for a session id that is taken', async () => {
    const path = pathOf('taken');
    const body = { state: { a: 1, 'temp:b': 2 } };
    expect(
      await sendAll(server, [
        { path, body },
        { path, body: {} },
      ]),
    ).toEqual([200, 400]);
    expect(JSON.parse((await server.send({ path })).text).state).toEqual({ a: 1 });
  });
});

describe("ADK's API server while the store cannot be reached", () => {
  // A fault of ADK, which `guardApiServer` is for. If this fails, it may be no longer needed.
  it('ends with its first run', async () => {
    const postgresUrl = `postgres://postgres@127.0.0.1:${await freePort()}/none`;
    const server = await ApiServerProcess.start({ postgresUrl });
    await expect(server.send(runRequest('s'))).rejects.toThrow();
    expect(await server.ended).toBe(0);
  });

  const isSkipped = serverPrograms === undefined && !process.env['CI'];
  it.skipIf(isSkipped)('goes on if it is guarded, and works when the store is back', async () => {
    const postgres = await OwnServer.create();
    const server = await ApiServerProcess.start({ postgresUrl: postgres.url, isGuarded: true });
    try {
      const failed = onEveryRoute('s').map(() => 500);
      expect(await sendAll(server, onEveryRoute('s'))).toEqual(failed);

      postgres.start();
      await (await PostgresSessionService.open({ url: postgres.url })).close();
      await converse(server, 's');
      expect(await sendAll(server, faultsOfAdk)).toEqual([500, 500, 500]);

      const gate = join(folder, 'gate');
      const run = server.send(runRequest('s', gate));
      await untilEvents(server, { id: 's', count: 6 });
      postgres.stop('immediate');
      writeFileSync(gate, '');
      expect(await run).toMatchObject({ status: 500, text: expect.stringContaining('count') });
      expect(await sendAll(server, onEveryRoute('s'))).toEqual(failed);

      postgres.start();
      await converse(server, 'after');
    } finally {
      await server.stop();
      postgres.stop('immediate');
      postgres.remove();
    }
  });
});
