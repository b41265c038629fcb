import assert from 'node:assert/strict';
import type { SessionService } from '@holdfast/session';
import { aPartOf, type Instances, lengthOf, lookWhile, nextTurn } from './race.ts';
import type { Random } from './random.ts';

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

/**
 * Writes, and meanwhile looks on both instances in each of the ways, again and again. `pace` lets a
 * look begin, and do some of its steps, between two writes: otherwise a store that never waits has
 * written all before a look, and one whose steps take equally long writes always at the same step.
 */
export async function watchWhile(
  write: (pace: () => Promise<void>) => Promise<void>,
  { instances, looks, random, readers = 3 }: WatchOptions,
): Promise<void> {
  const length = await lengthOf(async () => looks[0]?.(instances[0]));
  const aPart = async () => {
    if (random !== undefined) await aPartOf(length, random);
  };
  let begun = 0;
  let seen = 0;
  const pace = async () => {
    for (let turn = 0; begun === seen && turn < length.turns + MOST_TURNS; turn++) await nextTurn();
    seen = begun;
    await aPart();
  };
  const look = async () => {
    const n = begun++;
    if (n < readers) await aPart();
    const [first, second] = instances;
    await looks[Math.floor(n / 2) % looks.length]?.(n % 2 === 0 ? first : second);
  };
  await lookWhile(() => write(pace), look, readers);
}

interface WatchOptions {
  readonly instances: Instances;
  readonly looks: readonly ((service: SessionService) => Promise<void>)[];
  /** @default nothing waits for a part of a look */
  readonly random?: Random;
  /** How many look at the same moment. */
  readonly readers?: number;
}

// Turns of the event loop: if no look begins any more, one has failed.
const MOST_TURNS = 500;
