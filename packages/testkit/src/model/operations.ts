import type { EventInput } from '@holdfast/core';
import fc from 'fast-check';
import { at } from '../scenario.ts';

interface OnSession {
  readonly user: string;
  readonly session: string;
}

/** Which events are loaded; the time as it is in the names of events. */
export interface Window {
  readonly last?: number;
  readonly after?: number;
}

/** One call, in few enough words that a list of them can be read. */
export type Operation =
  | (OnSession & { readonly call: 'create'; readonly state: StateDelta })
  | (OnSession & Window & { readonly call: 'getOrCreate'; readonly state: StateDelta })
  | (OnSession & { readonly call: 'delete' })
  | (OnSession & {
      readonly call: 'append';
      /** Names of events: keys of `eventsByName`. */
      readonly events: readonly string[];
      readonly expectedRevision: number | undefined;
      readonly onStored: 'skip' | undefined;
    })
  | {
      readonly call: 'updateState';
      readonly user: string;
      readonly scope: 'user' | 'app';
      readonly set: StateDelta;
      readonly remove: readonly string[];
    }
  | (OnSession & Window & { readonly call: 'get' })
  | (OnSession & {
      readonly call: 'listEvents';
      readonly afterSeq: number;
      readonly beforeSeq: number;
      readonly limit: number;
      readonly order: 'asc' | 'desc';
    });

type StateDelta = Readonly<Record<string, number | null>>;

/** An event of which everything that matters to the model is given. */
export interface NamedEvent extends EventInput {
  readonly id: string;
  readonly timestamp: number;
  readonly author: string;
  readonly partial: boolean;
  readonly actions: {
    readonly stateDelta: StateDelta;
    readonly removedStateKeys: readonly string[];
  };
}

function named(
  id: string,
  fields: { time: number; set?: StateDelta; remove?: readonly string[]; partial?: boolean },
): NamedEvent {
  const { time, set = {}, remove = [], partial = false } = fields;
  const actions = { stateDelta: set, removedStateKeys: remove };
  return { id, timestamp: at(time), author: 'first', partial, actions };
}

const events = [
  named('plain', { time: 10 }),
  named('early', { time: 5, set: { a: 1 } }),
  named('late', { time: 30, set: { a: 2, b: 2 } }),
  named('null', { time: 20, set: { a: null, 'user:a': null } }),
  named('remove', { time: 15, remove: ['a', 'user:a', 'app:a'] }),
  named('swap', { time: 25, set: { b: 3, 'app:a': 3 }, remove: ['a'] }),
  named('user', { time: 12, set: { 'user:a': 4, 'user:b': 4 } }),
  named('app', { time: 13, set: { 'app:a': 5 } }),
  named('temp', { time: 14, set: { 'temp:a': 6, b: 6 }, remove: ['temp:b'] }),
  named('partial', { time: 40, set: { a: 7 }, partial: true }),
];

/** Each event, and under `name!` another content with the same id. */
export const eventsByName: ReadonlyMap<string, NamedEvent> = new Map(
  events.flatMap((event) => [
    [event.id, event],
    [`${event.id}!`, { ...event, author: 'second' }],
  ]),
);

// Mostly one session, so that calls meet.
const onSession = {
  user: fc.constantFrom('ann', 'ann', 'ann', 'bob'),
  session: fc.constantFrom('one', 'one', 'one', 'two'),
};
const value = fc.option(fc.integer({ min: 0, max: 3 }));
const names = fc.uniqueArray(fc.constantFrom('a', 'b'));
const window = { last: fc.integer({ min: 0, max: 6 }), after: fc.integer({ min: 0, max: 31 }) };
const eventName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...events.map((event) => event.id)) },
  { weight: 1, arbitrary: fc.constantFrom(...eventsByName.keys()) },
);

function deltaOf(keys: readonly string[]): fc.Arbitrary<StateDelta> {
  return fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3, noNullPrototype: true });
}

const state = deltaOf(['a', 'user:a', 'app:a', 'temp:a']);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ call: fc.constant('create' as const), ...onSession, state }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { call: fc.constant('getOrCreate' as const), ...onSession, state, ...window },
      { requiredKeys: ['call', 'user', 'session', 'state'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('delete' as const), ...onSession }) },
  {
    weight: 8,
    arbitrary: fc.record({
      call: fc.constant('append' as const),
      ...onSession,
      events: fc.array(eventName, { minLength: 1, maxLength: 3 }),
      expectedRevision: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 3 }),
      onStored: fc.constantFrom(undefined, undefined, undefined, undefined, 'skip' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      call: fc.constant('updateState' as const),
      user: onSession.user,
      scope: fc.constantFrom('user' as const, 'app' as const),
      set: deltaOf(['a', 'b']),
      remove: names,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record(
      { call: fc.constant('get' as const), ...onSession, ...window },
      { requiredKeys: ['call', 'user', 'session'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constant('listEvents' as const),
      ...onSession,
      afterSeq: fc.integer({ min: 0, max: 5 }),
      beforeSeq: fc.integer({ min: 0, max: 9 }),
      limit: fc.integer({ min: 1, max: 4 }),
      order: fc.constantFrom('asc' as const, 'desc' as const),
    }),
  },
);

/** Sequences of calls on two users with two sessions each. */
export const operations: fc.Arbitrary<Operation[]> = fc.array(operation, {
  minLength: 1,
  maxLength: 25,
  size: 'max',
});
