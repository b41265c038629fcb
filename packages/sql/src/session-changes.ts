import type { SessionKey } from '@holdfast/core';
import type { SessionPlace } from '@holdfast/session/store';

export interface SessionChangesOptions {
  /** Tells when anything in the database may have changed, until it is told to stop. */
  watchDatabase(changed: () => void): () => void;
  findRevisions(keys: readonly SessionKey[]): Promise<readonly (SessionPlace | undefined)[]>;
}

interface Subscription {
  readonly key: SessionKey;
  /** Where the session was at the last look; undefined: it was not looked for yet. */
  place: string | undefined;
  changed(): void;
}

/**
 * Tells which sessions have changed, if all that a database tells is that something has: by one look
 * at all that somebody has subscribed to.
 */
export class SessionChanges {
  readonly #options: SessionChangesOptions;
  readonly #subscriptions = new Set<Subscription>();
  #stopWatching: (() => void) | undefined;
  #isLooking = false;
  #looksAgain = false;

  constructor(options: SessionChangesOptions) {
    this.#options = options;
  }

  subscribe(key: SessionKey, changed: () => void): () => void {
    const subscription: Subscription = { key, place: undefined, changed };
    this.#subscriptions.add(subscription);
    this.#stopWatching ??= this.#options.watchDatabase(() => void this.#look());
    return () => {
      this.#subscriptions.delete(subscription);
      if (this.#subscriptions.size > 0) return;
      this.#stopWatching?.();
      this.#stopWatching = undefined;
    };
  }

  /** A change during a look is looked for after it. */
  async #look(): Promise<void> {
    this.#looksAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#looksAgain && this.#subscriptions.size > 0) {
      this.#looksAgain = false;
      await this.#compare([...this.#subscriptions]);
    }
    this.#isLooking = false;
  }

  async #compare(subscriptions: readonly Subscription[]): Promise<void> {
    let places: readonly (SessionPlace | undefined)[];
    try {
      places = await this.#options.findRevisions(subscriptions.map(({ key }) => key));
    } catch {
      return; // Whoever has subscribed looks now and then by itself.
    }
    subscriptions.forEach((subscription, i) => {
      const place = JSON.stringify(places[i] ?? null);
      const isChanged = subscription.place !== place;
      subscription.place = place;
      if (isChanged && this.#subscriptions.has(subscription)) subscription.changed();
    });
  }
}
