import type { SocketFrame } from '../api/wire.ts';

/** How far a reader may be behind, in frames. Who is further is cut off, and may come back. */
const MAX_WAITING = 10_000;

/** Frames that wait for a reader who takes his time. */
export class FrameQueue {
  #frames: SocketFrame[] = [];
  #isClosed = false;
  #wake: () => void = () => {};

  get isClosed(): boolean {
    return this.#isClosed;
  }

  push(frame: SocketFrame): void {
    this.#frames.push(frame);
    if (this.#frames.length > MAX_WAITING) this.close();
    this.#wake();
  }

  /** Ends the waiting, now and from now on. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** All that waits, which then waits no more. */
  take(): readonly SocketFrame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  /** Waits until there is a frame, until it is closed, or for so many milliseconds. */
  async wait(ms: number): Promise<void> {
    if (this.#frames.length > 0 || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
