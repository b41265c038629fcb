import { createEvent, type Event } from '@holdfast/core';
import { expect, it } from 'vitest';
import type { ScopedState, StateView } from '../../api/wire.ts';
import { StateModel } from './state-model.ts';

function eventWith(seq: number, actions: { stateDelta?: object; removed?: string[] }): Event {
  const { stateDelta = {}, removed = [] } = actions;
  return {
    ...createEvent({ actions: { stateDelta: { ...stateDelta }, removedStateKeys: removed } }),
    seq,
  };
}

function viewOf(state: Partial<ScopedState>, revision = 0): StateView {
  return {
    userId: 'ada',
    session: { id: 's', createTime: 0, lastUpdateTime: 0, revision },
    state: { session: {}, user: {}, app: {}, ...state },
    temp: null,
    answering: false,
  };
}

const idle = { isAnswering: false };

it('marks what the last event that changed something has set and removed', () => {
  const model = new StateModel();
  model.addEvent(eventWith(1, { stateDelta: { 'user:name': 'Ada', list: [1], 'temp:x': 1 } }));
  model.addEvent(eventWith(2, { stateDelta: { list: [1, 2] }, removed: ['user:name'] }));
  model.addEvent(eventWith(3, {}));
  expect(model.rows('session')).toEqual([
    { name: 'list', value: [1, 2], mark: { kind: 'set', source: '#2' } },
  ]);
  expect(model.rows('user')).toEqual([{ name: 'name', mark: { kind: 'removed', source: '#2' } }]);
  expect(model.rows('temp')).toEqual([]);
});

it('marks nothing of an old event that was changed since', () => {
  const model = new StateModel();
  const state = { session: {}, user: { name: 'Grace' }, app: {} };
  const events = [eventWith(1, { stateDelta: { 'user:name': 'Ada' } })];
  model.load({ state, temp: null, revision: 1, events });
  expect(model.rows('user')).toEqual([{ name: 'name', value: 'Grace' }]);
});

it('marks nothing in what it reads first, and afterwards what has changed elsewhere', () => {
  const model = new StateModel();
  model.addPolled(viewOf({ app: { note: 1, other: 2 } }), idle);
  expect(model.rows('app')).toEqual([
    { name: 'note', value: 1 },
    { name: 'other', value: 2 },
  ]);
  model.addPolled(viewOf({ app: { note: 3 } }), idle);
  expect(model.rows('app')).toEqual([
    { name: 'note', value: 3, mark: { kind: 'set', source: 'elsewhere' } },
    { name: 'other', mark: { kind: 'removed', source: 'elsewhere' } },
  ]);
});

it('does not go back to an answer that an event has overtaken', () => {
  const model = new StateModel();
  model.addPolled(viewOf({}), idle);
  model.addEvent(eventWith(1, { stateDelta: { a: 1 } }));
  model.addPolled(viewOf({}), idle);
  expect(model.rows('session')).toMatchObject([{ name: 'a', value: 1 }]);
});

it('does not take an event for news that a poll has told before', () => {
  const model = new StateModel();
  model.addPolled(viewOf({ session: { a: 2 } }, 2), idle);
  model.addEvent(eventWith(1, { stateDelta: { a: 1 } }));
  expect(model.rows('session')).toEqual([{ name: 'a', value: 2 }]);
  model.addEvent(eventWith(2, { stateDelta: { a: 2 } }));
  expect(model.rows('session')).toMatchObject([{ value: 2, mark: { source: '#2' } }]);
});

it('shows temporary values as gone when the agent has done its work', () => {
  const model = new StateModel();
  model.setTemp({ step: 'one' });
  expect(model.isLive).toBe(true);
  model.setTemp(null);
  expect(model.isLive).toBe(false);
  expect(model.rows('temp')).toEqual([{ name: 'step', mark: { kind: 'removed', source: '' } }]);
  model.setTemp({ plan: [] });
  expect(model.rows('temp')).toMatchObject([{ name: 'plan', value: [] }]);
});

it('keeps keys such as __proto__ apart from the object that holds them', () => {
  const model = new StateModel();
  const stateDelta = JSON.parse('{"__proto__": 1, "constructor": 2}');
  model.addEvent(eventWith(1, { stateDelta }));
  expect(model.rows('session').map(({ name, value }) => [name, value])).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ]);
});
