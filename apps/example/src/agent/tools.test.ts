import { State } from '@holdfast/state';
import { expect, test } from 'vitest';
import { memoryTools } from './tools.ts';

/** Calls a tool on a state. */
function call(state: State, name: string, args: Readonly<Record<string, unknown>>): unknown {
  const tool = memoryTools.find((declared) => declared.name === name);
  return tool?.run({ args, state });
}

test('a hundred things are kept of a user, and what is known may still change', () => {
  const state = new State();
  for (let i = 0; i < 99; i++) call(state, 'remember_like', { thing: `tea ${i}` });
  call(state, 'remember', { key: 'name', value: 'Ada' });
  expect(() => call(state, 'remember', { key: 'colour', value: 'red' })).toThrow('100');
  expect(() => call(state, 'remember_like', { thing: 'milk' })).toThrow('100');
  expect(state.size).toBe(100);
  call(state, 'remember', { key: 'name', value: 'Grace' });
  expect(state.get('user:name')).toBe('Grace');
  call(state, 'forget', { key: 'likes' });
  call(state, 'remember_like', { thing: 'milk' });
  expect(state.size).toBe(2);
});

test('a list has room for a hundred things', () => {
  const state = new State();
  const items = Array.from({ length: 100 }, (_, i) => `egg ${i}`);
  call(state, 'add_to_list', { items });
  expect(() => call(state, 'add_to_list', { items: ['milk'] })).toThrow('100');
  expect(state.get('shopping')).toEqual(items);
});
