import { InMemorySessionService } from '@holdfast/in-memory';
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

interface Contestant {
  readonly history: number;
  readonly target: Target;
  readonly samples: number[];
}

const WARM_UP_ROUNDS = 20;
const ROUNDS = 30;
const APPENDS_PER_ROUND = 100;
const APPENDS = (WARM_UP_ROUNDS + ROUNDS) * APPENDS_PER_ROUND;

/**
 * Measures all histories on both sides in turn, so that whatever else the machine does
 * meets all of them. A history grows by a tenth while it is measured (by 50 events at
 * least), then the next session has its turn.
 */
export async function measureAppend(size: {
  readonly histories: readonly number[];
  readonly stateKeys: number;
}): Promise<readonly AppendCost[]> {
  const rows: { history: number; ours: Contestant; map: Contestant }[] = [];
  for (const history of size.histories) {
    const sessions = Math.ceil(APPENDS / growth(history));
    const ours = await holdfastTarget({ stateKeys: size.stateKeys, sessions });
    const contestants = [ours, mapTarget(sessions)].map((target) => ({
      history,
      target,
      samples: [] as number[],
    }));
    for (const { target } of contestants) await fill(target, { sessions, history });
    rows.push({ history, ours: contestants[0] as Contestant, map: contestants[1] as Contestant });
  }
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const { ours, map } of rows) {
      for (const contestant of [ours, map]) await measureRound(contestant, round);
    }
  }
  return rows.map(({ history, ours, map }) => ({
    history,
    stateKeys: size.stateKeys,
    holdfast: costOf(ours),
    map: costOf(map),
  }));
}

function growth(history: number): number {
  return Math.max(history / 10, 50);
}

function costOf({ samples }: Contestant): number {
  return median(samples.slice(WARM_UP_ROUNDS));
}

async function fill(
  target: Target,
  { sessions, history }: { readonly sessions: number; readonly history: number },
): Promise<void> {
  for (let session = 0; session < sessions; session++) {
    for (let n = 0; n < history; n++) await target.append(session, n);
  }
}

async function measureRound(contestant: Contestant, round: number): Promise<void> {
  const { target, history, samples } = contestant;
  const first = round * APPENDS_PER_ROUND;
  const start = performance.now();
  for (let i = first; i < first + APPENDS_PER_ROUND; i++) {
    await target.append(Math.floor(i / growth(history)), history + i);
  }
  samples.push(((performance.now() - start) * 1000) / APPENDS_PER_ROUND);
}

async function holdfastTarget(size: {
  readonly sessions: number;
  readonly stateKeys: number;
}): Promise<Target> {
  const service = new InMemorySessionService();
  const key = { appName: 'bench', userId: 'user' };
  const keysOf = (prefix: string) =>
    Array.from({ length: size.stateKeys }, (_, i) => [`${prefix}key-${i}`, i] as const);
  const owned = Object.fromEntries(keysOf(''));
  const shared = Object.fromEntries([...keysOf('app:'), ...keysOf('user:')]);
  for (let session = 0; session < size.sessions; session++) {
    const state = session === 0 ? { ...shared, ...owned } : owned;
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
