import { describe, expect, it } from 'vitest';
import type { Audit, BenchStore } from '../contestants/bench-store.ts';
import { checkLoad } from './check-load.ts';
import { runLoad } from './run-load.ts';

/** A store in memory; `change` spoils what it tells. */
function openStore(change: (audit: Audit) => Audit = (audit) => audit) {
  const ids: string[] = [];
  const state: Record<string, unknown> = {};
  const store: BenchStore = {
    fill: async () => {},
    append: async ({ n, delta }) => {
      await new Promise((resolve) => setImmediate(resolve));
      ids.push(`event-${n}`);
      Object.assign(state, delta);
    },
    audit: async () => change({ ids, seqs: ids.map((_, i) => i + 1), state }),
    close: async () => {},
  };
  return store;
}

const options = { user: 'user', sessions: 1, app: true, ms: 5 };

async function check(store: BenchStore) {
  return (await checkLoad(store, await runLoad(store, options))).check;
}

describe('the check after a load', () => {
  it('finds all that was acknowledged', async () => {
    const found = await check(openStore());
    expect(found).toMatchObject({ refused: 0, lostEvents: 0, gaps: 0, keys: 48, lostKeys: 0 });
    expect(found?.acknowledged).toBeGreaterThanOrEqual(16);
  });

  it('counts events that are missing, or there twice', async () => {
    const missing = openStore(({ ids, ...rest }) => ({ ...rest, ids: ids.slice(3) }));
    expect(await check(missing)).toMatchObject({ lostEvents: 3 });
    const twice = openStore(({ ids, ...rest }) => ({ ...rest, ids: [...ids, ids[0] ?? ''] }));
    expect(await check(twice)).toMatchObject({ lostEvents: 1 });
  });

  it('counts keys that are missing, or older than the last acknowledged value', async () => {
    const spoiled = openStore((audit) => {
      const { 'user:writer-1': _, ...state } = audit.state ?? {};
      return { ...audit, state: { ...state, 'app:writer-2': -1 } };
    });
    expect(await check(spoiled)).toMatchObject({ keys: 48, lostKeys: 2 });
  });

  it('counts numbers that are out of order', async () => {
    const spoiled = openStore((audit) => ({ ...audit, seqs: [1, 2, 4] }));
    expect(await check(spoiled)).toMatchObject({ gaps: 1 });
  });

  it('counts appends that failed, and says why', async () => {
    const store = openStore();
    let calls = 0;
    const failing: BenchStore = {
      ...store,
      append: async (request) => {
        if (++calls % 2 === 0) throw new Error('busy\nfor now');
        return store.append(request);
      },
    };
    const found = await check(failing);
    expect(found?.refused).toBeGreaterThan(0);
    expect(found).toMatchObject({ failure: 'busy', lostEvents: 0 });
  });
});
