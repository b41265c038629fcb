import { describe, expect, it } from 'vitest';
import { State } from './state.ts';
import { applyChanges, foldDeltas, NO_CHANGES } from './state-changes.ts';
import {
  isTempKey,
  joinStateKey,
  splitStateKey,
  stateKeyProblem,
  stateNameProblem,
} from './state-key.ts';

const stored = {
  session: new Map([['step', 1]]),
  user: new Map([['name', 'Ada']]),
  app: new Map([['motd', 'hi']]),
};

describe('state keys', () => {
  it.each([
    ['step', 'session', 'step'],
    ['user:name', 'user', 'name'],
    ['app:motd', 'app', 'motd'],
    ['temp:plan', 'temp', 'plan'],
    ['user:app:x', 'user', 'app:x'],
    ['User:x', 'session', 'User:x'],
    ['other:x', 'session', 'other:x'],
  ] as const)('%s is of the scope %s', (key, scope, name) => {
    expect(splitStateKey(key)).toEqual({ scope, name });
    expect(joinStateKey({ scope, name })).toBe(key);
    expect(isTempKey(key)).toBe(scope === 'temp');
    expect(stateKeyProblem(key)).toBeUndefined();
  });

  it.each(['', 'app:', 'user:', 'temp:', 'user:app:', 'user: x', 'x ', 'a\nb', '\ud800', 5, null])(
    '%j is not a key',
    (key) => {
      expect(stateKeyProblem(key)).toEqual(expect.any(String));
    },
  );

  it('have 255 bytes, not counting the prefix', () => {
    expect(stateKeyProblem(`user:${'k'.repeat(255)}`)).toBeUndefined();
    expect(stateKeyProblem(`user:${'k'.repeat(256)}`)).toContain('255');
    expect(stateNameProblem('k'.repeat(255))).toBeUndefined();
    expect(stateNameProblem('temp:')).toContain('prefix');
  });
});

describe('deltas', () => {
  it('go to their scopes, without temp: keys, the later of two changes winning', () => {
    const folded = foldDeltas([
      { stateDelta: { a: 1, 'user:a': 2, 'app:a': 3, 'temp:a': 4 } },
      { stateDelta: { a: null }, removedStateKeys: ['user:a', 'temp:a'] },
      { stateDelta: {}, removedStateKeys: [] },
    ]);
    expect([...folded.session]).toEqual([['a', null]]);
    expect([...folded.user]).toEqual([['a', undefined]]);
    expect([...folded.app]).toEqual([['a', 3]]);
    expect(foldDeltas([{ stateDelta: { 'temp:a': 1 } }])).toBe(NO_CHANGES);
  });

  it('are made in a state', () => {
    const state = new Map<string, string | number | null>([
      ['a', 1],
      ['b', 2],
    ]);
    applyChanges(
      state,
      new Map([
        ['a', undefined],
        ['c', null],
      ]),
    );
    expect([...state]).toEqual([
      ['b', 2],
      ['c', null],
    ]);
  });
});

describe('State, as a Map', () => {
  it('can be handed to whatever reads a ReadonlyMap', () => {
    const state: ReadonlyMap<string, unknown> = new State({ a: 1, 'user:b': 2 }).set('temp:c', 3);
    expect(new Map(state)).toEqual(new Map(state.entries()));
    expect([...state.values()].toSorted()).toEqual([1, 2, 3]);
    const visited = new Map<string, unknown>();
    state.forEach((value, key, map) => {
      expect(map).toBe(state);
      visited.set(key, value);
    });
    expect(visited).toEqual(new Map(state));
  });
});

describe('State', () => {
  it('reads like a Map over the three scopes', () => {
    const state = State.fromStored(stored);
    expect(state.get('step')).toBe(1);
    expect(state.get('user:name')).toBe('Ada');
    expect(state.has('app:motd')).toBe(true);
    expect(state.has('motd')).toBe(false);
    expect(state.get('temp:x')).toBeUndefined();
    expect(state.size).toBe(3);
    expect([...state.keys()]).toEqual(['step', 'user:name', 'app:motd']);
    expect(Object.fromEntries(state)).toEqual(state.toJSON());
    expect(Object.isFrozen(state.toJSON())).toBe(true);
  });

  it('records what was changed, temp: keys included, and hands it out once', () => {
    const state = State.fromStored(stored).set('step', 2).set('temp:plan', ['x']).set('new', null);
    expect(state.delete('user:name')).toBe(true);
    expect(state.delete('missing')).toBe(false);
    expect(state.hasDelta()).toBe(true);
    expect(state.size).toBe(4);
    expect(state.toJSON()).toEqual({ step: 2, 'app:motd': 'hi', 'temp:plan': ['x'], new: null });
    expect(state.takeDelta()).toEqual({
      stateDelta: { step: 2, 'temp:plan': ['x'], new: null },
      removedStateKeys: ['user:name'],
    });
    expect(state.hasDelta()).toBe(false);
    expect(state.takeDelta()).toEqual({ stateDelta: {}, removedStateKeys: [] });
    expect(state.get('step')).toBe(2);
    expect(stored.session.get('step')).toBe(1);
  });

  it('answers a key that is no string as a Map would', () => {
    const state = State.fromStored(stored);
    expect(state.get(5 as never)).toBeUndefined();
    expect(state.has(undefined as never)).toBe(false);
    expect(state.delete(null as never)).toBe(false);
  });

  it('keeps its size right through changes', () => {
    const state = State.fromStored(stored);
    expect(state.size).toBe(3);
    state.set('a', 1).set('a', 2).set('step', 5);
    expect(state.size).toBe(4);
    state.delete('a');
    state.delete('a');
    state.delete('app:motd');
    expect(state.size).toBe(2);
    expect([...state]).toHaveLength(2);
    state.set('app:motd', 'x');
    expect(state.size).toBe(3);
  });

  it('keeps a removal for its delta, also of a key that was set just before', () => {
    const state = new State().set('a', 1);
    state.delete('a');
    expect(state.has('a')).toBe(false);
    expect(state.size).toBe(0);
    expect(state.takeDelta()).toEqual({ stateDelta: {}, removedStateKeys: ['a'] });
  });

  it('takes keys such as __proto__ and toString as ordinary keys', () => {
    const state = new State();
    expect(state.get('toString')).toBeUndefined();
    for (const key of ['__proto__', 'constructor', 'toString']) state.set(key, { x: 1 });
    expect(state.size).toBe(3);
    expect(JSON.stringify(state)).toBe(
      '{"__proto__":{"x":1},"constructor":{"x":1},"toString":{"x":1}}',
    );
    expect(Object.keys(state.takeDelta().stateDelta)).toEqual([
      '__proto__',
      'constructor',
      'toString',
    ]);
  });

  it('copies and freezes values', () => {
    const cart = [{ price: 5 }];
    const state = new State({ cart }).set('other', cart);
    cart[0] = { price: 6 };
    expect(state.get('cart')).toEqual([{ price: 5 }]);
    expect(state.get('other')).toEqual([{ price: 5 }]);
    expect(Object.isFrozen(state.get('other'))).toBe(true);
    expect(state.hasDelta()).toBe(true);
    expect(new State({ cart }).hasDelta()).toBe(false);
  });

  it('refuses what is not a key or not JSON, with the path, and changes nothing', () => {
    const state = new State();
    const wrong = (path: string) => expect.objectContaining({ code: 'invalid_argument', path });
    expect(() => state.set('app:', 1)).toThrow(wrong('state["app:"]'));
    expect(() => state.set(5 as unknown as string, 1)).toThrow(wrong('state key'));
    expect(() => state.set('cart', [0, 1, { price: Number.NaN }])).toThrow(
      wrong('state["cart"][2].price'),
    );
    expect(() => state.set('x', undefined)).toThrow(wrong('state["x"]'));
    expect(() => new State([] as never)).toThrow(wrong('state'));
    expect(() => new State({ x: undefined })).toThrow(wrong('state["x"]'));
    expect(state.size).toBe(0);
    expect(state.hasDelta()).toBe(false);
  });

  it('after a delta: that is in, temp: keys and untaken changes stay, taken ones do not', () => {
    const state = State.fromStored(stored).set('temp:plan', 1).set('taken', 1);
    state.takeDelta();
    state.set('step', 5);
    state.delete('app:motd');
    const next = state.withDelta({
      stateDelta: { step: 3, b: 1 },
      removedStateKeys: ['user:name'],
    });
    expect(next.toJSON()).toEqual({ step: 5, 'temp:plan': 1, b: 1 });
    expect(next.takeDelta()).toEqual({ stateDelta: { step: 5 }, removedStateKeys: ['app:motd'] });
    expect(next.withDelta({ stateDelta: {} }).toJSON()).toEqual({
      step: 3,
      'app:motd': 'hi',
      'temp:plan': 1,
      b: 1,
    });
    expect(state.get('taken')).toBe(1);
    expect(state.hasDelta()).toBe(true);
  });
});
