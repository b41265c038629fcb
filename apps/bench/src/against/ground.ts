import type { SessionKey, SessionService } from '@holdfast/session';
import { APP, manyKeys, sampleEvent } from '../contestants/sample-event.ts';
import type { PairedEffort } from './effort.ts';

const EVENTS_PER_CALL = 500;
const CALLS_AT_ONCE = 16;
const READER = 'reader';

/** The user whose sessions are listed. */
export const LISTED = { appName: APP, userId: 'lister' };
/** A session of 20 events. */
export const SHORT_SESSION = { appName: APP, userId: READER, sessionId: 'short' };
const SHORT_HISTORY = 20;
/** A session of many events. */
export const LONG_SESSION = { appName: APP, userId: READER, sessionId: 'long' };

/** A service that is filled, and what is made on it for the time of a block. */
export class Ground {
  readonly service: SessionService;
  /** How many events the long session has. */
  readonly history: number;
  #sessions = 0;

  private constructor(service: SessionService, history: number) {
    this.service = service;
    this.history = history;
  }

  /** Fills a service. Two of them get the same. */
  static async fill(service: SessionService, effort: PairedEffort): Promise<Ground> {
    const { history, sessions } = effort;
    const state = manyKeys(10);
    await service.create({ ...SHORT_SESSION, state });
    await appendMany(service, { key: SHORT_SESSION, count: SHORT_HISTORY });
    await service.create({ ...LONG_SESSION, state });
    await appendMany(service, { key: LONG_SESSION, count: history });
    await atOnce(
      Array.from({ length: sessions }, (_, i) => ({ ...LISTED, sessionId: `listed-${i}` })),
      (key) => service.create({ ...key, state }),
    );
    return new Ground(service, history);
  }

  /** Keys that no session has: all of one user, or each of a user who has none. */
  newKeys(count: number, users: 'one' | 'each' = 'one'): readonly SessionKey[] {
    return Array.from({ length: count }, () => {
      const n = ++this.#sessions;
      const userId = users === 'one' ? 'writer' : `writer-${n}`;
      return { appName: APP, userId, sessionId: `session-${n}` };
    });
  }

  /** New sessions, with that many events. */
  async newSessions(count: number, events = 0): Promise<readonly SessionKey[]> {
    const keys = this.newKeys(count);
    await atOnce(keys, async (key) => {
      await this.service.create(key);
      if (events > 0) await appendMany(this.service, { key, count: events });
    });
    return keys;
  }

  remove(keys: readonly SessionKey[]): Promise<void> {
    return atOnce(keys, (key) => this.service.delete(key));
  }
}

async function appendMany(
  service: SessionService,
  { key, count }: { readonly key: SessionKey; readonly count: number },
): Promise<void> {
  for (let first = 0; first < count; first += EVENTS_PER_CALL) {
    const length = Math.min(EVENTS_PER_CALL, count - first);
    const events = Array.from({ length }, (_, i) => sampleEvent(first + i));
    await service.appendEvents({ ...key, events });
  }
}

/** Several at once, as nobody measures how long it takes. */
async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < items.length; first += CALLS_AT_ONCE) {
    await Promise.all(items.slice(first, first + CALLS_AT_ONCE).map(work));
  }
}
