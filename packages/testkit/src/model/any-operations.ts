import type { SessionCapabilities } from '@holdfast/session';
import fc from 'fast-check';
import { addingEvents, plainEvents, type StateDelta, summaryIds } from './named-events.ts';
import type { Operation, RetractOperation } from './operations.ts';

interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Operation>;
}

// Mostly one session, so that calls meet.
const onSession = {
  user: mostly('ann', 7, ['bob']),
  session: mostly('one', 6, ['two']),
};
const { user } = onSession;
const names = fc.uniqueArray(fc.constantFrom('a', 'b'));
const window = { last: fc.integer({ min: 0, max: 6 }), after: fc.integer({ min: 0, max: 31 }) };
const labels = fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('', '1', '2'), {
  maxKeys: 2,
  noNullPrototype: true,
});
const state = deltaOf(['a', 'user:a', 'app:a', 'temp:a']);
const turn = fc.constantFrom('t1', 't2');
const seq = fc.integer({ min: 0, max: 5 });
const revision = mostly(undefined, 12, [0, 1, 2, 3, 4]);

/** So many times the one, to once each of the others. */
function mostly<const Value>(
  value: Value,
  count: number,
  others: readonly Value[],
): fc.Arbitrary<Value> {
  return fc.constantFrom(...Array.from({ length: count }, () => value), ...others);
}

function deltaOf(keys: readonly string[]): fc.Arbitrary<StateDelta> {
  const value = fc.option(fc.integer({ min: 0, max: 3 }));
  return fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3, noNullPrototype: true });
}

function call<const Name extends Operation['call']>(name: Name) {
  return fc.constant(name);
}

/** What every service does. */
function groundOperations(capabilities: SessionCapabilities): readonly Weighted[] {
  const events = capabilities.increments ? [...plainEvents, ...addingEvents] : plainEvents;
  const ids = events.map(({ id }) => id);
  const eventName = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...ids) },
    { weight: 1, arbitrary: fc.constantFrom(...ids.flatMap((id) => [id, `${id}!`])) },
  );
  const append = {
    call: call('append'),
    ...onSession,
    events: fc.oneof(
      { weight: 2, arbitrary: fc.tuple(eventName) },
      { weight: 1, arbitrary: fc.array(eventName, { minLength: 1, maxLength: 3 }) },
    ),
    expectedRevision: revision,
    onStored: mostly<'skip' | undefined>(undefined, 4, ['skip']),
  };
  const ifMissing = mostly<'create' | undefined>(undefined, 2, ['create']);
  const heldFor = mostly<string | undefined>(undefined, 10, ['t1', 't2']);
  const created = { call: call('create'), ...onSession, state };
  return [
    {
      weight: 4,
      arbitrary: capabilities.updateSession
        ? fc.record({ ...created, labels })
        : fc.record(created),
    },
    {
      weight: 5,
      arbitrary: fc.record(
        { call: call('getOrCreate'), ...onSession, state, ...window },
        { requiredKeys: ['call', 'user', 'session', 'state'] },
      ),
    },
    { weight: 1, arbitrary: fc.record({ call: call('delete'), ...onSession }) },
    {
      weight: 24,
      arbitrary: capabilities.turns
        ? fc.record({ ...append, ifMissing, turn: heldFor })
        : fc.record({ ...append, ifMissing }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        call: call('updateState'),
        user,
        scope: fc.constantFrom('user', 'app'),
        set: deltaOf(['a', 'b']),
        remove: names,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record(
        { call: call('get'), ...onSession, ...window },
        { requiredKeys: ['call', 'user', 'session'] },
      ),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        call: call('listEvents'),
        ...onSession,
        afterSeq: fc.integer({ min: 0, max: 5 }),
        beforeSeq: fc.integer({ min: 0, max: 9 }),
        limit: fc.integer({ min: 1, max: 4 }),
        order: fc.constantFrom('asc', 'desc'),
      }),
    },
  ];
}

type Need = { readonly [Capability in keyof SessionCapabilities]?: Weighted };

const stored = fc.constantFrom('plain', 'early', 'late', 'null', 'swap', 'user', 's1');
const ids = fc.uniqueArray(stored, { minLength: 1, maxLength: 2 });
const what: fc.Arbitrary<RetractOperation['what']> = fc.oneof(
  fc.record({ ids }),
  fc.record({ throughSeq: seq }),
);

/** What needs a capability. What a fork needs to be known of a session, other calls need as well. */
const more: readonly Need[] = [
  {
    updateSession: {
      weight: 2,
      arbitrary: fc.record({
        call: call('label'),
        ...onSession,
        set: labels,
        remove: mostly<readonly string[]>([], 2, [['x'], ['y']]),
      }),
    },
  },
  {
    updateSession: {
      weight: 1,
      arbitrary: fc.record({ call: call('listLabelled'), user, labels }),
    },
  },
  {
    updateSession: {
      weight: 1,
      arbitrary: fc.record({
        call: call('expire'),
        ...onSession,
        when: mostly('later', 2, ['never', 'now']),
      }),
    },
  },
  {
    getEvent: {
      weight: 1,
      arbitrary: fc.record({ call: call('getEvent'), ...onSession, event: stored }),
    },
  },
  {
    fork: {
      weight: 3,
      arbitrary: fc.record({
        call: call('fork'),
        ...onSession,
        throughSeq: fc.option(seq, { nil: undefined }),
        newSession: mostly('two', 3, ['one']),
        labels,
      }),
    },
  },
  {
    fork: {
      weight: 5,
      arbitrary: fc.record({
        call: call('rewind'),
        ...onSession,
        toSeq: seq,
        expectedRevision: revision,
      }),
    },
  },
  {
    fork: {
      weight: 2,
      arbitrary: fc.record({
        call: call('retract'),
        ...onSession,
        what,
        erase: fc.constant(false),
      }),
    },
  },
  {
    erase: {
      weight: 2,
      arbitrary: fc.record({
        call: call('retract'),
        ...onSession,
        what,
        erase: fc.constant(true),
      }),
    },
  },
  {
    fork: {
      weight: 3,
      arbitrary: fc.record({
        call: call('summarize'),
        ...onSession,
        event: fc.constantFrom(...summaryIds),
        keep: fc.constantFrom(0, 1),
      }),
    },
  },
  {
    fork: {
      weight: 3,
      arbitrary: fc.record(
        { call: call('getActive'), ...onSession, ...window },
        { requiredKeys: ['call', 'user', 'session'] },
      ),
    },
  },
  {
    increments: {
      weight: 1,
      arbitrary: fc.record({
        call: call('updateState'),
        user,
        scope: fc.constantFrom('user', 'app'),
        set: deltaOf(['a', 'b']),
        remove: names,
        add: fc.dictionary(fc.constantFrom('a', 'b'), fc.integer({ min: -2, max: 2 }), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      }),
    },
  },
  {
    turns: {
      weight: 2,
      arbitrary: fc.record({
        call: call('acquire'),
        ...onSession,
        turn,
        extend: fc.constantFrom(false, false, true),
      }),
    },
  },
  { turns: { weight: 1, arbitrary: fc.record({ call: call('release'), ...onSession, turn }) } },
  {
    sweep: {
      weight: 1,
      arbitrary: fc.record({
        call: call('sweep'),
        user,
        idle: mostly(false, 4, [true]),
      }),
    },
  },
  { eraseUser: { weight: 1, arbitrary: fc.record({ call: call('eraseUser'), user }) } },
  {
    importSession: {
      weight: 1,
      arbitrary: fc.constantFrom<Operation>(
        { call: 'copyUser', user: 'ann', to: 'bob' },
        { call: 'copyUser', user: 'bob', to: 'ann' },
      ),
    },
  },
];

/** Sequences of calls on two users with two sessions each, without what a service cannot do. */
export function operationsOf(capabilities: SessionCapabilities): fc.Arbitrary<Operation[]> {
  const added = more.flatMap((need) =>
    Object.entries(need).flatMap(([capability, weighted]) =>
      capabilities[capability as keyof SessionCapabilities] ? [weighted as Weighted] : [],
    ),
  );
  const operations = fc.array(fc.oneof(...groundOperations(capabilities), ...added), {
    minLength: 1,
    maxLength: 25,
    size: 'max',
  });
  // Without a session there is little to compare.
  const first = fc.record({
    call: call('create'),
    user: fc.constant('ann'),
    session: fc.constant('one'),
    state,
  });
  const begun = fc.tuple(first, operations).map(([create, more]) => [create, ...more]);
  return fc.oneof({ weight: 1, arbitrary: operations }, { weight: 3, arbitrary: begun });
}
