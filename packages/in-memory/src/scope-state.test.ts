import type { JsonValue } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { ScopeState } from './scope-state.ts';

describe('ScopeState', () => {
  it.each([10, 1_000])('gives %i keys as they were when it was asked', (size) => {
    const state = new ScopeState();
    const expected = new Map<string, JsonValue>();
    const change = (name: string, value: JsonValue | undefined) => {
      state.apply(new Map([[name, value]]));
      if (value === undefined) expected.delete(name);
      else expected.set(name, value);
    };
    for (let i = 0; i < size; i++) change(`key-${i}`, i);
    const seen = [{ snapshot: state.snapshot(), model: new Map(expected) }];
    // A step of 7 comes to every key, and to some of them more than once.
    for (let i = 0; i < 300; i++) {
      change(`key-${(i * 7) % (size + 20)}`, i % 3 === 0 ? undefined : `changed ${i}`);
      seen.push({ snapshot: state.snapshot(), model: new Map(expected) });
    }
    for (const { snapshot, model } of seen) {
      expect(new Map(snapshot)).toStrictEqual(model);
      expect(snapshot.size).toBe(model.size);
      const names = Array.from({ length: size + 20 }, (_, i) => `key-${i}`);
      expect(names.filter((name) => snapshot.get(name) !== model.get(name))).toStrictEqual([]);
      expect(names.filter((name) => snapshot.has(name) !== model.has(name))).toStrictEqual([]);
    }
  });

  it('is empty when all its keys are gone', () => {
    const state = new ScopeState();
    state.apply(new Map(Array.from({ length: 100 }, (_, i) => [`key-${i}`, i])));
    expect(state.isEmpty).toBe(false);
    for (let i = 0; i < 100; i++) {
      expect(state.snapshot().size).toBe(100 - i);
      state.apply(new Map([[`key-${i}`, undefined]]));
    }
    expect(state.isEmpty).toBe(true);
  });

  it('lists keys, values and entries alike', () => {
    const state = new ScopeState();
    state.apply(new Map(Array.from({ length: 100 }, (_, i) => [`key-${i}`, i])));
    state.snapshot();
    state.apply(
      new Map<string, JsonValue | undefined>([
        ['key-3', undefined],
        ['new', 'value'],
      ]),
    );
    const snapshot = state.snapshot();
    const visited: [string, JsonValue][] = [];
    snapshot.forEach((value, key) => {
      visited.push([key, value]);
    });
    expect(visited).toStrictEqual([...snapshot.entries()]);
    expect([...snapshot.keys()]).toStrictEqual(visited.map(([key]) => key));
    expect([...snapshot.values()]).toStrictEqual(visited.map(([, value]) => value));
    expect(visited.at(-1)).toStrictEqual(['new', 'value']);
  });
});
