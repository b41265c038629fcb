import { describe, expect, it } from 'vitest';
import type { BenchStore, FillRequest } from '../contestants/bench-store.ts';
import { map } from '../contestants/limits/map.ts';
import type { Place } from '../contestants/place.ts';
import { timeAppends } from './appender.ts';
import { SHORT_EFFORT } from './effort.ts';
import { Filler, OverBudget } from './filler.ts';

async function openMap(): Promise<BenchStore> {
  return map.open({} as Place);
}

async function time(store: BenchStore, contestant = map) {
  const filler = new Filler(store, { contestant, effort: SHORT_EFFORT });
  const user = 'user';
  await filler.fill({ user, sessions: ['s'], from: 0, count: 30 });
  const session = { store, filler, user, session: 's', history: 30 };
  return timeAppends({ ...session, effort: SHORT_EFFORT, maxCalls: 200 });
}

describe('timeAppends', () => {
  it('takes another session of the same length when one has grown', async () => {
    const store = await openMap();
    const filled: FillRequest[] = [];
    const fill: BenchStore['fill'] = (request) => {
      filled.push(request);
      return store.fill(request);
    };
    expect(await time({ ...store, fill })).toBeGreaterThan(0);
    const sessions = new Set(filled.flatMap((request) => request.sessions));
    expect(sessions.size).toBeGreaterThan(1);
    for (const session of sessions) {
      const count = filled
        .filter((request) => request.sessions.includes(session))
        .reduce((sum, request) => sum + request.count, 0);
      expect(count).toBe(30);
    }
  });

  it('refuses a store that does not write', async () => {
    const store = await openMap();
    await expect(time({ ...store, append: async () => {} })).rejects.toThrow('events are there');
  });
});

describe('Filler', () => {
  it('gives up on a peer that takes too long, and not on others', async () => {
    const store = await openMap();
    const slow: BenchStore = {
      ...store,
      fill: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return store.fill(request);
      },
    };
    const effort = { ...SHORT_EFFORT, peerFillMs: 1 };
    const request = { user: 'user', sessions: ['s'], from: 0, count: 1 };
    const peer = new Filler(slow, { contestant: { ...map, kind: 'peer' }, effort });
    await expect(peer.fill(request)).rejects.toThrow(OverBudget);
    await new Filler(slow, { contestant: map, effort }).fill(request);
  });
});
