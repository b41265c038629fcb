import { checkInteger, copyOptions } from '@holdfast/core/internal';
import { type SessionServiceOptions, StoredSessionService } from '@holdfast/session/store';
import { InMemoryStore } from './in-memory-store.ts';

export interface InMemorySessionServiceOptions extends SessionServiceOptions {
  /**
   * Keep at most this many sessions: the least recently used goes, with its events, when
   * another comes. `user:` and `app:` state stay.
   * @default no bound
   */
  readonly maxSessions?: number | undefined;
}

/**
 * Keeps sessions in the memory of this process. An append costs the same whatever the
 * length of the history, and what was read is shared, not copied: it is frozen.
 *
 * @example
 * const service = new InMemorySessionService({ maxSessions: 10_000 });
 */
export class InMemorySessionService extends StoredSessionService {
  /** An option that is out of range is `invalid_argument`. */
  constructor(options: InMemorySessionServiceOptions = {}) {
    const own = copyOptions(options);
    const { maxSessions } = own;
    super(
      new InMemoryStore({
        maxSessions:
          maxSessions === undefined
            ? Number.POSITIVE_INFINITY
            : checkInteger(maxSessions, { path: 'maxSessions', min: 1 }),
      }),
      own,
    );
  }
}
