import { builtIn, realTimers } from './real-timers.ts';

// A store without I/O answers in microtasks, and so does a driver that is synchronous: a loop of
// such calls would keep timers, sockets and signals waiting until it ends. So once in a while an
// answer waits for a turn of the event loop, and so does a step of a call that takes many.

// A look at the clock costs as much as the shortest calls.
const CALLS_PER_LOOK = 8;

/** After so many ms without a turn that is known of, the next one is asked for. */
const LOOK_AFTER_MS = 5;

const { now } = realTimers;

/** Calls back in the next turn of the event loop. No test that fakes timers stops it. */
export const onNextTurn: (callback: () => void) => void = findOnNextTurn();

let calls = 0;
let lastTurn = now();
/** When the event loop has its next turn, if somebody wants to know. */
let nextTurn: Promise<void> | undefined;

/**
 * What to wait for before a call is answered: the next turn of the event loop, if there has been
 * none for 10 ms; undefined if there is nothing to wait for, as between calls that wait for I/O.
 */
export function dueTurn(): Promise<void> | undefined {
  const time = now();
  if (time - lastTurn < LOOK_AFTER_MS) return undefined;
  if (nextTurn !== undefined) return nextTurn;
  // Nobody has looked lately. The loop may have been idle.
  lastTurn = time;
  nextTurn = new Promise((resolve) => {
    onNextTurn(() => {
      lastTurn = now();
      nextTurn = undefined;
      resolve();
    });
  });
  return undefined;
}

/** The same after a call that did not wait for anything: only some of these look at the clock. */
export function dueTurnOfMany(): Promise<void> | undefined {
  calls = (calls + 1) % CALLS_PER_LOOK;
  return calls === 0 ? dueTurn() : undefined;
}

type Schedule = (callback: () => void) => void;

function findOnNextTurn(): Schedule {
  const own = builtIn<{ readonly setImmediate: Schedule }>('node:timers');
  if (own !== undefined) return own.setImmediate;
  const { setImmediate, MessageChannel, setTimeout } = globalThis as unknown as {
    readonly setImmediate?: Schedule;
    readonly MessageChannel?: new () => {
      readonly port1: { onmessage: (() => void) | null; close(): void };
      readonly port2: { postMessage(message: unknown): void };
    };
    readonly setTimeout: Schedule;
  };
  if (setImmediate !== undefined) return setImmediate;
  // In a browser, a timer waits for 4 ms at least.
  if (MessageChannel === undefined) return setTimeout;
  return (callback) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close(); // open, it would keep some runtimes from ending
      callback();
    };
    port2.postMessage(undefined);
  };
}
