/** Runs one after the other what has the same name, as far as one instance goes. */
export class InstanceLock {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const running = before.then(work, work);
    this.#last.set(name, running);
    return running;
  }
}
