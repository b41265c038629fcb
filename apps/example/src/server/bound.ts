import { TooManyRequests } from './refusal.ts';

/** How much there may be of something at once: of one user, and in all. */
export class Bound {
  readonly #perUser: number;
  readonly #inAll: number;
  readonly #users = new Map<string, number>();
  #all = 0;
  // Made once, as they have to cost little.
  readonly #ofUser: TooManyRequests;
  readonly #ofAll: TooManyRequests;

  constructor(bound: { readonly what: string; readonly perUser: number; readonly inAll: number }) {
    const { what, perUser, inAll } = bound;
    this.#perUser = perUser;
    this.#inAll = inAll;
    this.#ofUser = new TooManyRequests(429, what);
    this.#ofAll = new TooManyRequests(503, what);
  }

  /** One more; `TooManyRequests` if that is one too many. Gives the function that says that it is over. */
  enter(userId: string): () => void {
    const before = this.#users.get(userId) ?? 0;
    if (before >= this.#perUser) throw this.#ofUser;
    if (this.#all >= this.#inAll) throw this.#ofAll;
    this.#users.set(userId, before + 1);
    this.#all++;
    return () => {
      this.#all--;
      const left = (this.#users.get(userId) ?? 0) - 1;
      if (left > 0) this.#users.set(userId, left);
      else this.#users.delete(userId);
    };
  }
}
