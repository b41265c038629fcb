import { type Event, isHoldfastError } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import { preview } from './preview.ts';

interface TracedCall {
  readonly step: number;
  readonly of: string;
  readonly method: string;
  readonly request: unknown;
  outcome?: { readonly answer: unknown } | { readonly error: unknown };
}

// So many calls are remembered, the last ones: what failed is among them.
const KEPT = 12;

/**
 * The calls that a case made, so that a failure says at which step of the case it came. What is
 * given to a call is not read before a failure: a case may count how often it is read.
 */
export class CallTrace {
  readonly #calls: TracedCall[] = [];
  readonly #inner = new WeakMap<SessionService, SessionService>();
  #steps = 0;

  /** The same service, whose calls are traced under a name. */
  watch(service: SessionService, name: string): SessionService {
    // A proxy of the service itself could not answer for methods that are frozen.
    const watched = new Proxy<SessionService>(Object.create(Object.getPrototypeOf(service)), {
      get: (_, property) => {
        const value: unknown = Reflect.get(service, property, service);
        if (typeof value !== 'function') return value;
        const method = String(property);
        return (...given: unknown[]) => {
          const done = this.#begin({ of: name, method, request: given[0] });
          const answer: unknown = Reflect.apply(value, service, given);
          if (isWatch(answer)) return tracedWatch(answer, done);
          // The answer itself is given on: what waits for it waits for no turn longer.
          Promise.resolve(answer).then(
            (value) => done({ answer: value }),
            (error: unknown) => done({ error }),
          );
          return answer;
        };
      },
    });
    this.#inner.set(watched, service);
    return watched;
  }

  /** The service that is watched, as it was opened. */
  unwatched(service: SessionService): SessionService {
    return this.#inner.get(service) ?? service;
  }

  /** The last calls, one line each; empty if there was none. */
  toString(): string {
    if (this.#calls.length === 0) return '';
    const head = `the last of ${this.#steps} calls of the case, by step:`;
    return [head, ...this.#calls.map(describeCall)].join('\n');
  }

  #begin(call: Omit<TracedCall, 'step' | 'outcome'>) {
    const traced: TracedCall = { step: ++this.#steps, ...call };
    this.#calls.push(traced);
    if (this.#calls.length > KEPT) this.#calls.shift();
    return (outcome: NonNullable<TracedCall['outcome']>) => {
      traced.outcome = outcome;
    };
  }
}

function isWatch(answer: unknown): answer is AsyncIterable<Event> {
  const iterable = answer as Partial<AsyncIterable<Event>> | null | undefined;
  return typeof iterable?.[Symbol.asyncIterator] === 'function';
}

/** The same events; the trace says how many there were, and how it ended. */
function tracedWatch(
  watch: AsyncIterable<Event>,
  done: (outcome: NonNullable<TracedCall['outcome']>) => void,
): AsyncIterable<Event> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = watch[Symbol.asyncIterator]();
      let count = 0;
      return {
        async next() {
          try {
            const result = await iterator.next();
            if (result.done !== true) count++;
            done({ answer: `${count} events${result.done === true ? ', and the end' : ''}` });
            return result;
          } catch (error) {
            done({ error });
            throw error;
          }
        },
        async return(value?: unknown) {
          done({ answer: `${count} events, and it was ended` });
          await iterator.return?.(value);
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function describeCall({ step, of, method, request, outcome }: TracedCall): string {
  const asked = request === undefined ? '' : preview(request, 160);
  return `  ${step}. ${of}.${method}(${asked}) → ${describeOutcome(outcome)}`;
}

function describeOutcome(outcome: TracedCall['outcome']): string {
  if (outcome === undefined) return 'no answer yet';
  if ('answer' in outcome) return preview(outcome.answer, 160);
  const { error } = outcome;
  return isHoldfastError(error) ? `${error.code}: ${error.message}` : String(error);
}
