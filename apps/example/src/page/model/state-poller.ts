import type { StateView } from '../../api/wire.ts';
import { api } from './api-client.ts';
import { RetryDelay } from './retry-delay.ts';

const EVERY_MS = 500;

export interface StatePollerListener {
  polled(view: StateView): void;
  failed(error: unknown): void;
}

/** Asks again and again how the state is, while somebody looks. After a failure, less often. */
export class StatePoller {
  readonly #listener: StatePollerListener;
  #running: AbortController | undefined;
  #sessionId: string | undefined;

  constructor(listener: StatePollerListener) {
    this.#listener = listener;
  }

  /** From now on asks about this conversation; without one, about what it would begin with. */
  watch(sessionId: string | undefined): void {
    this.#sessionId = sessionId;
    if (this.#running !== undefined) {
      this.stop();
      this.start();
    }
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const id = this.#sessionId;
    const delay = new RetryDelay();
    while (!signal.aborted) {
      try {
        const view = await (id === undefined
          ? api.userState(signal)
          : api.sessionState(id, signal));
        if (signal.aborted) return;
        delay.reset();
        this.#listener.polled(view);
        await pause(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#listener.failed(error);
        await delay.wait(signal);
      }
    }
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, EVERY_MS);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
