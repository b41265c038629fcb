import { type HoldfastError, isHoldfastError } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { onNextTurn, realTimers } from '@holdfast/session/store';
import type { CaseContext, ConformanceCase } from './conformance-case.ts';
import type { Random } from './random.ts';

/** Two services over one storage: two instances, two processes, or one and the same. */
export type Instances = readonly [SessionService, SessionService];

type UnfiledCase = Omit<ConformanceCase, 'concern'>;

interface Race extends Omit<UnfiledCase, 'run'> {
  /** `instances` are open for as long as the case runs. */
  readonly run: (context: CaseContext, instances: Instances) => Promise<void>;
}

/**
 * One rule about calls at the same moment as three cases: on one instance, on two instances over
 * one storage, and in two processes. What only the memory of an instance, or of a process, guards
 * passes the cases before.
 */
export function raceCases({ title, needs, run }: Race): readonly UnfiledCase[] {
  const shared = [needs ?? [], 'shared' as const].flat();
  return [
    {
      title,
      ...(needs !== undefined && { needs }),
      run: (context) => run(context, [context.service, context.service]),
    },
    {
      title: `${title}, on two instances`,
      needs: shared,
      run: async (context) => run(context, [context.service, await another(context)]),
    },
    {
      title: `${title}, in two processes`,
      needs: shared,
      needsProcess: true,
      async run(context) {
        const { service } = await context.startProcess(context.service);
        await run(context, [context.service, service]);
      },
    },
  ];
}

/** Another instance over the storage of the case's service. */
export function another({ service, reopen }: CaseContext): Promise<SessionService> {
  return reopen(service);
}

/**
 * Begins all calls close together, and gives how each went. In the first round they begin at the
 * same moment; in those after it a little apart, by a part of the time that a call takes, so that
 * each step of one meets each step of another sooner or later.
 */
async function race<T>(
  calls: readonly (() => Promise<T>)[],
  { round, random }: { readonly round: number; readonly random: Random },
): Promise<PromiseSettledResult<T>[]> {
  const length = lengthOfCalls.get(random);
  if (length !== undefined && round > 0) {
    return Promise.allSettled(
      calls.map(async (call) => {
        await aPartOf(length, random);
        return call();
      }),
    );
  }
  const calling = calls.map(async (call) => call());
  const first = Promise.race(calling);
  const settled = Promise.allSettled(calling);
  const { turns, ms } = await lengthOf(() => first.catch(() => {}));
  lengthOfCalls.set(random, { turns: Math.max(FEWEST_TURNS, turns) - 1, ms });
  return settled;
}

/** How long a call takes, which differs from store to store. */
export interface CallLength {
  /** Turns of the event loop. */
  readonly turns: number;
  readonly ms: number;
}

/** How long a call takes if nothing else is done. */
export async function lengthOf(call: () => Promise<unknown>): Promise<CallLength> {
  const start = realTimers.now();
  let isDone = false;
  const calling = call().finally(() => {
    isDone = true;
  });
  let turns = 0;
  const counting = (async () => {
    for (; !isDone; turns++) await nextTurn();
  })();
  await Promise.all([calling, counting]);
  return { turns, ms: realTimers.now() - start };
}

const HARDLY_ANY_MS = 20;

/**
 * Waits for a part of a call's length, or all of it, at random. A turn takes longer while others are
 * busy, so it takes no more time than the call did, unless that was hardly any.
 */
export function aPartOf({ turns, ms }: CallLength, random: Random): Promise<void> {
  return someTurns(random.below(turns + 1), Math.max(ms, HARDLY_ANY_MS));
}

/** Waits for so many turns of the event loop, but not much longer than `most` ms. */
export async function someTurns(turns: number, most = Number.POSITIVE_INFINITY): Promise<void> {
  const end = realTimers.now() + most;
  for (let turn = 0; turn < turns && realTimers.now() < end; turn++) await nextTurn();
}

// Of the first round of a case, by its random numbers.
const lengthOfCalls = new WeakMap<Random, CallLength>();
const FEWEST_TURNS = 6;

/** What racing calls answer. Fails with the first error, once all have ended. */
export async function answersOf<T>(
  calls: readonly (() => Promise<T>)[],
  options: { readonly round: number; readonly random: Random },
): Promise<T[]> {
  const settled = await race(calls, options);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

/** How racing calls ended. */
export interface Outcomes<T> {
  readonly answers: readonly T[];
  readonly refusals: readonly HoldfastError[];
}

/** The answers of racing calls, and the errors of those that were refused. */
export async function outcomesOf<T>(
  calls: readonly (() => Promise<T>)[],
  options: { readonly round: number; readonly random: Random },
): Promise<Outcomes<T>> {
  const settled = await race(calls, options);
  const answers: T[] = [];
  const refusals: HoldfastError[] = [];
  for (const each of settled) {
    if (each.status === 'fulfilled') answers.push(each.value);
    else if (isHoldfastError(each.reason)) refusals.push(each.reason);
    else throw each.reason;
  }
  return { answers, refusals };
}

/** The instances by turns: one for even numbers, the other for odd ones. */
export function turnOf(instances: Instances, n: number): SessionService {
  return instances[n % 2 === 0 ? 0 : 1];
}

/**
 * Runs all rounds, some of them at the same moment: each has keys of its own. Fails with the first
 * error once those that have begun have ended, and begins no other.
 */
export async function inLanes(
  rounds: number,
  run: (round: number) => Promise<void>,
): Promise<void> {
  let begun = 0;
  const lane = async () => {
    try {
      while (begun < rounds) await run(begun++);
    } catch (error) {
      begun = rounds;
      throw error;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const each of lanes) if (each.status === 'rejected') throw each.reason;
}

const LANES = 4;

/** Looks again and again for as long as `write` takes, several at a time. */
export async function lookWhile(
  write: () => Promise<void>,
  look: () => Promise<void>,
  readers = 3,
): Promise<void> {
  let isWriting = true;
  const writing = write().finally(() => {
    isWriting = false;
  });
  const looking = Array.from({ length: readers }, async () => {
    for (let n = 1; isWriting; n++) {
      await look();
      // A store in memory may answer within one turn of the event loop, and `write` may need others.
      if (n % LOOKS_A_TURN === 0) await nextTurn();
      if (n % LOOKS_A_PAUSE === 0) await aPause();
    }
  });
  await Promise.all([writing, ...looking]);
}

const LOOKS_A_TURN = 3;
const LOOKS_A_PAUSE = 30;

/** Lets everything else run that is ready to: a turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => onNextTurn(resolve));
}

/**
 * About a millisecond. Whoever tries again and again has to leave it now and then: a store whose
 * locks are not fair would let nobody else come to its turn.
 */
export function aPause(): Promise<void> {
  return new Promise((resolve) => void realTimers.setTimeout(resolve, 1));
}
