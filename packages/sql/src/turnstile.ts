/** Lets one caller in at a time, in the order in which they come. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Resolves when it is the caller's turn; `leave` ends it. */
  enter(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  /** Runs `call` when all earlier ones have ended. */
  async pass<Result>(call: () => Promise<Result>): Promise<Result> {
    await this.enter();
    try {
      return await call();
    } finally {
      this.leave();
    }
  }
}

const turnstiles = new WeakMap<object, Turnstile>();

/** The turnstile in front of a connection: one, however many services share it. */
export function turnstileOf(connection: object): Turnstile {
  const turnstile = turnstiles.get(connection) ?? new Turnstile();
  turnstiles.set(connection, turnstile);
  return turnstile;
}
