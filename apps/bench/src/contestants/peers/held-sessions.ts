import type { AppendRequest, SessionName } from '../bench-store.ts';

/** What both ADKs call a session, as far as it is used here. */
export interface AdkSession {
  readonly id: string;
  readonly state: Record<string, unknown>;
  readonly events: { readonly id: string }[];
}

/**
 * The session objects that writers hold: an append takes one, and brings it up to date. A writer
 * that has none, or whose append failed, loads it first.
 */
export class HeldSessions {
  readonly #held = new Map<string, AdkSession>();
  readonly #load: (name: SessionName) => Promise<AdkSession | undefined>;

  constructor(load: (name: SessionName) => Promise<AdkSession | undefined>) {
    this.#load = load;
  }

  /** For the first writer of a session. */
  hold(name: SessionName, session: AdkSession): void {
    this.#held.set(keyOf({ ...name, writer: 0 }), session);
  }

  async append<Result>(
    request: AppendRequest,
    append: (session: AdkSession) => Promise<Result>,
  ): Promise<Result> {
    const key = keyOf(request);
    let session = this.#held.get(key);
    if (session === undefined) {
      session = await this.#load(request);
      if (session === undefined) throw new Error('the session is missing');
      this.#held.set(key, session);
    }
    try {
      return await append(session);
    } catch (error) {
      this.#held.delete(key);
      throw error;
    }
  }
}

function keyOf({ user, session, writer }: SessionName & { readonly writer: number }): string {
  return `${user} ${session} ${writer}`;
}
