import { InMemorySessionService } from '@holdfast/in-memory';
import type { SessionService } from '@holdfast/session';
import { median } from './median.ts';
import { sampleEvent } from './sample-event.ts';

/** What one append costs at a length of history, in microseconds. */
export interface AppendCost {
  readonly history: number;
  /** Keys that each of the three scopes holds beforehand. */
  readonly stateKeys: number;
  readonly holdfast: number;
  /** A `Map` of arrays that stores a `structuredClone` of each event. */
  readonly map: number;
}

interface Target {
  append(session: number, n: number): Promise<unknown>;
}

const ROUNDS = 15;
const APPENDS_PER_ROUND = 400;

/**
 * Measures both sides in turn, in one run. A history grows by a tenth at most while it is
 * measured: short ones are measured over many sessions.
 */
export async function measureAppend(size: {
  readonly history: number;
  readonly stateKeys: number;
}): Promise<AppendCost> {
  const total = ROUNDS * APPENDS_PER_ROUND * 2;
  const sessions = Math.ceil((total * 10) / size.history);
  const targets = [await holdfastTarget({ ...size, sessions }), mapTarget(sessions)] as const;
  for (const target of targets) await fill(target, { ...size, sessions });

  const samples: [number[], number[]] = [[], []];
  let n = size.history;
  for (let round = 0; round < ROUNDS * 2; round++) {
    for (const side of [0, 1] as const) {
      const cost = await timeRound(targets[side], { from: n, sessions });
      // The first half warms up.
      if (round >= ROUNDS) samples[side].push(cost);
    }
    n += APPENDS_PER_ROUND;
  }
  return {
    history: size.history,
    stateKeys: size.stateKeys,
    holdfast: median(samples[0]),
    map: median(samples[1]),
  };
}

async function fill(
  target: Target,
  { sessions, history }: { readonly sessions: number; readonly history: number },
): Promise<void> {
  for (let session = 0; session < sessions; session++) {
    for (let n = 0; n < history; n++) await target.append(session, n);
  }
}

async function timeRound(
  target: Target,
  { from, sessions }: { readonly from: number; readonly sessions: number },
): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < APPENDS_PER_ROUND; i++) {
    await target.append((from + i) % sessions, from + i);
  }
  return ((performance.now() - start) * 1000) / APPENDS_PER_ROUND;
}

async function holdfastTarget(size: {
  readonly sessions: number;
  readonly stateKeys: number;
}): Promise<Target> {
  const service: SessionService = new InMemorySessionService();
  const key = { appName: 'bench', userId: 'user' };
  const keysOf = (prefix: string) =>
    Array.from({ length: size.stateKeys }, (_, i) => [`${prefix}key-${i}`, i] as const);
  const shared = Object.fromEntries([...keysOf('app:'), ...keysOf('user:')]);
  // With large states, one session has its own, and stands for all.
  for (let session = 0; session < size.sessions; session++) {
    const state = session === 0 ? { ...shared, ...Object.fromEntries(keysOf('')) } : {};
    await service.create({ ...key, sessionId: `session-${session}`, state });
  }
  return {
    append: (session, n) =>
      service.appendEvent({ ...key, sessionId: `session-${session}`, event: sampleEvent(n) }),
  };
}

function mapTarget(sessions: number): Target {
  const events = new Map<string, unknown[]>();
  for (let session = 0; session < sessions; session++) events.set(`session-${session}`, []);
  return {
    async append(session, n) {
      const event = structuredClone(sampleEvent(n));
      events.get(`session-${session}`)?.push(event);
      return event;
    },
  };
}
