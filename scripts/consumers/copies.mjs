// Two copies of each package in one process, modules and CommonJS, as in Jest or in an odd bundle:
// what one has made is as good to the other. Node runs this without require of modules, so that
// `require` gives CommonJS throughout.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as adk from '@holdfast/google-adk';
import * as memory from '@holdfast/in-memory';
import * as session from '@holdfast/session';
import * as sqlite from '@holdfast/sqlite';

const require = createRequire(import.meta.url);
const modules = { ...memory, ...session, ...sqlite, ...adk };
const commonJs = {
  ...require('@holdfast/in-memory'),
  ...require('@holdfast/session'),
  ...require('@holdfast/sqlite'),
};
for (const name of ['Session', 'HoldfastError', 'InMemorySessionService', 'State']) {
  assert.notEqual(modules[name], commonJs[name], `there is one copy of ${name} alone`);
}

const pairs = [
  [modules, commonJs],
  [commonJs, modules],
];
const file = 'copies.db';
for (const [one, other] of pairs) {
  await takesSnapshots(one, other);
  await knowsErrors(one, other);
  await wraps(one, other);
  await sharesFile(one, other);
}
await adapts();

/** A session, an event and a state of one copy go into a service of the other. */
async function takesSnapshots(one, other) {
  const service = new one.InMemorySessionService();
  const elsewhere = new other.InMemorySessionService();
  const created = await service.create({ appName: 'shop', userId: 'ada', state: { n: 1 } });
  await elsewhere.create({ ...created.key, state: created.state.toJSON() });
  let copy = await elsewhere.get(created);
  assert.deepEqual(copy.state.toJSON(), created.state.toJSON());
  const actions = created.state.set('n', 2).takeDelta();
  const event = await elsewhere.appendEvent({ ...created.key, event: { author: 'a', actions } });
  copy = copy.withEvent(event);
  assert.equal(copy.state.get('n'), 2);
  assert.deepEqual(await service.appendEvent({ ...created.key, event }), event);
  assert.deepEqual(await service.appendEvent({ ...created.key, event }), event);
  const plain = JSON.parse(JSON.stringify(event));
  assert.equal(created.withEvent(plain).revision, 1);
}

async function knowsErrors(one, other) {
  const error = await new one.InMemorySessionService().create({}).catch((reason) => reason);
  assert.ok(other.isHoldfastError(error, 'invalid_argument'));
  assert.ok(error instanceof one.HoldfastError);
}

async function wraps(one, other) {
  let calls = 0;
  const wrapped = one.wrapSessionService(new other.InMemorySessionService(), {
    create: (next, request) => {
      calls++;
      return next(request);
    },
  });
  const { key } = await wrapped.create({ appName: 'shop', userId: 'ada' });
  await assert.rejects(wrapped.create(key), (error) => one.isHoldfastError(error));
  assert.equal(calls, 2);
}

/** Both write to one file at the same time, and none of it is lost. */
async function sharesFile(one, other) {
  const url = `sqlite:${file}`;
  const services = [
    await one.SqliteSessionService.open({ url }),
    await other.SqliteSessionService.open({ url }),
  ];
  const [service, second] = services;
  const created = await service.create({ appName: 'shop', userId: 'ada' });
  const writes = Array.from({ length: 100 }, (_, i) =>
    services[i % 2].appendEvent({ ...created.key, event: { author: `${i}` } }),
  );
  const written = await Promise.all(writes);
  assert.equal(new Set(written.map(({ seq }) => seq)).size, 100);
  const read = await second.get(created);
  assert.deepEqual(read.toJSON(), (await service.get(created)).toJSON());
  const late = second.appendEvent({ ...created.key, event: {}, expectedRevision: 1 });
  await assert.rejects(late, (error) => one.isHoldfastError(error, 'conflict'));
  await service.close();
  const event = await second.appendEvent({ ...created.key, event: { author: 'last' } });
  assert.equal(read.withEvent(event).revision, 101);
  await second.close();
  rmSync(file);
}

/** The adapter of ADK, over a service of the other copy. */
async function adapts() {
  const service = new modules.HoldfastSessionService(new commonJs.InMemorySessionService());
  const live = await service.createSession({ appName: 'shop', userId: 'ada', state: { n: 1 } });
  const found = await service.getSession({ appName: 'shop', userId: 'ada', sessionId: live.id });
  assert.deepEqual({ ...found.state }, { n: 1 });
}

console.log('both');
