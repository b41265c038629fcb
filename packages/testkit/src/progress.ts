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

  /** Notes how far it is before a call that looks. */
  watch(): Watch {
    const least = this.#done;
    return {
      least,
      expect: (seen, what) => {
        assert.ok(seen >= least, `${what}: ${least} was acknowledged before, and ${seen} is seen`);
        assert.ok(seen <= this.#begun, `${what}: ${seen} is seen, and ${this.#begun} was begun`);
      },
    };
  }
}

/** What a call must see: all that was acknowledged before, and nothing that was not begun. */
export interface Watch {
  /** So far it was acknowledged when the watch began. */
  readonly least: number;
  expect(seen: number, what: string): void;
}

/** Writes, and meanwhile looks on both instances in each of the ways, again and again. */
export async function watchWhile(
  write: () => Promise<void>,
  {
    instances,
    looks,
    readers,
  }: {
    readonly instances: Instances;
    readonly looks: readonly ((service: Instances[number]) => Promise<void>)[];
    /** How many look at the same moment. */
    readonly readers?: number;
  },
): Promise<void> {
  let turn = 0;
  await lookWhile(
    write,
    async () => {
      const n = turn++;
      const look = looks[Math.floor(n / 2) % looks.length];
      await look?.(instances[n % 2 === 0 ? 0 : 1]);
    },
    readers,
  );
}
