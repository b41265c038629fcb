import assert from 'node:assert/strict';
import { type Instances, lookWhile } from './race.ts';

/** How far a writer is that does one thing after the other: 1, 2, 3 … */
export class Progress {
  #begun = 0;
  #done = 0;

  /** Does the next thing, whose number `write` gets. */
  async next<T>(write: (n: number) => Promise<T>): Promise<T> {
    this.#begun++;
    const answer = await write(this.#begun);
    this.#done++;
    return answer;
  }

  /**
   * Notes how far it is before a call. The check that it gives is for what the call answers: it has
   * all that was acknowledged before it was made, and nothing that was not begun before its answer.
   */
  watch(): (seen: number, what: string) => void {
    const least = this.#done;
    return (seen, what) => {
      assert.ok(seen >= least, `${what}: ${least} was acknowledged before, and ${seen} is seen`);
      assert.ok(seen <= this.#begun, `${what}: ${seen} is seen, and ${this.#begun} was begun`);
    };
  }
}

/** Writes, and meanwhile looks on both instances in each of the ways, again and again. */
export async function watchWhile(
  write: () => Promise<void>,
  {
    instances,
    looks,
  }: {
    readonly instances: Instances;
    readonly looks: readonly ((service: Instances[number]) => Promise<void>)[];
  },
): Promise<void> {
  let turn = 0;
  await lookWhile(write, async () => {
    const n = turn++;
    const look = looks[Math.floor(n / 2) % looks.length];
    await look?.(instances[n % 2 === 0 ? 0 : 1]);
  });
}
