import { createEvent } from '@holdfast/core';
import { expect, it } from 'vitest';
import { entryAfter } from './entry-after.ts';

const entry = { id: 'a', title: 'Before', createTime: 1, lastUpdateTime: 5, revision: 2 };

function stored(seq: number, actions: object) {
  return { ...createEvent({ id: `e${seq}`, author: 'agent', timestamp: 9, actions }), seq };
}

it('takes over the title that an event sets, its time and its place', () => {
  expect(entryAfter(entry, stored(3, { stateDelta: { title: 'After' } }))).toEqual({
    id: 'a',
    title: 'After',
    createTime: 1,
    lastUpdateTime: 9,
    revision: 3,
  });
});

it('drops a title that an event removes, and keeps one that it leaves alone', () => {
  expect(entryAfter(entry, stored(3, { removedStateKeys: ['title'] }))).not.toHaveProperty('title');
  expect(entryAfter(entry, stored(3, { stateDelta: { 'user:title': 'Dr' } })).title).toBe('Before');
});

it('takes nothing from an event that the entry knows already', () => {
  expect(entryAfter(entry, stored(2, { stateDelta: { title: 'Old' } }))).toBe(entry);
});
