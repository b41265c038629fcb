import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemorySessionService } from '@holdfast/in-memory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Place } from '../contestants/place.ts';
import { BUILDS } from './build.ts';
import { MEASURED_CALLS } from './calls.ts';
import { compareStore } from './compare-store.ts';
import { SHORT_PAIRS } from './effort.ts';
import { Ground, LISTED } from './ground.ts';
import type { Load } from './load-packages.ts';

// The packages of the workspace, as they are.
const load: Load = (name) => import(name);
const calls = MEASURED_CALLS.map(({ id }) => id);

describe('compareStore', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-compare-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const place = (name: string): Place => ({
    folder: mkdtempSync(join(folder, name)),
    shared: folder,
    ...{ postgresUrl: '', mysqlUrl: '', redisUrl: '', redisPrefix: '' },
  });

  it.each(['memory', 'sqlite'])('measures every call on both builds: %s', async (store) => {
    const places = { before: place('before'), now: place('now') };
    const comparison = { store, calls, places, order: BUILDS, effort: SHORT_PAIRS };
    const found = await compareStore(comparison, { before: load, now: load });
    expect(found.map(({ call }) => call)).toStrictEqual(calls);
    for (const { call, ...rest } of found) {
      expect(rest, call).not.toHaveProperty('failure');
      expect(rest, call).toMatchObject({ pairs: { length: SHORT_PAIRS.pairs } });
    }
  });

  it('says which call failed, and measures the others', async () => {
    class Broken extends InMemorySessionService {
      override async listEvents(): Promise<never> {
        throw new Error('no such call');
      }
    }
    const broken = async () => ({ InMemorySessionService: Broken });
    const places = { before: place('before'), now: place('now') };
    const comparison = { store: 'memory', calls, places, order: BUILDS, effort: SHORT_PAIRS };
    const found = await compareStore(comparison, { before: load, now: broken as unknown as Load });
    expect(found).toHaveLength(calls.length);
    const failed = found.filter(({ failure }) => failure !== undefined);
    expect(failed).toStrictEqual([
      { call: 'listEvents-asc', failure: 'no such call' },
      { call: 'listEvents-desc', failure: 'no such call' },
    ]);
  });
});

describe.each(MEASURED_CALLS)('the call $id', (call) => {
  it('leaves as many sessions as there were', async () => {
    const service = new InMemorySessionService();
    const ground = await Ground.fill(service, SHORT_PAIRS);
    const count = async () => {
      const { appName } = LISTED;
      const page = await service.list({ appName, allUsers: true, limit: 1, includeTotal: true });
      return page.total;
    };
    const before = await count();
    const block = await call.on(ground).block(3);
    await block.run();
    await block.tidy();
    expect(await count()).toBe(before);
  });
});
