import type { Content, Event, Part } from '@holdfast/core';
import { expect, test } from 'vitest';
import { modelHistory } from './model-history.ts';

function user(...parts: readonly Part[]): Content {
  return { role: 'user', parts };
}

function model(...parts: readonly Part[]): Content {
  return { role: 'model', parts };
}

const call = (id: string): Part => ({ functionCall: { id, name: 'look', args: {} } });
const response = (id: string): Part => ({
  functionResponse: { id, name: 'look', response: { colour: 'blue' } },
});
const cutOff = (id: string): Part => ({
  functionResponse: { id, name: 'look', response: { error: expect.stringContaining('cut off') } },
});
const noAnswer = model({ text: expect.stringContaining('no answer') });

function historyOf(...contents: readonly (Content | undefined)[]): readonly Content[] {
  const events = contents.map((content, i): Event => {
    const base = { id: `${i}`, invocationId: '', timestamp: 0, actions: { stateDelta: {} } };
    return content === undefined ? base : { ...base, content };
  });
  return modelHistory(events);
}

test('a conversation in which nothing broke off is the history as it is', () => {
  const contents = [
    user({ text: 'a' }),
    model(call('1'), call('2')),
    user(response('1'), response('2')),
    model({ text: 'b' }),
    user({ text: 'c' }),
  ];
  expect(historyOf(...contents)).toEqual(contents);
});

test('a message that got no answer is followed by a note of that', () => {
  expect(historyOf(user({ text: 'a' }), undefined, user({ text: 'b' }))).toEqual([
    user({ text: 'a' }),
    noAnswer,
    user({ text: 'b' }),
  ]);
});

test('a call that got no response gets one that says so', () => {
  expect(historyOf(user({ text: 'a' }), model(call('1')), user({ text: 'b' }))).toEqual([
    user({ text: 'a' }),
    model(call('1')),
    user(cutOff('1')),
    noAnswer,
    user({ text: 'b' }),
  ]);
  expect(historyOf(user({ text: 'a' }), model(call('1')))).toEqual([
    user({ text: 'a' }),
    model(call('1')),
    user(cutOff('1')),
  ]);
});

test('each call has one response, in the order of the calls', () => {
  expect(
    historyOf(user({ text: 'a' }), model(call('1'), call('2')), user(response('2'), response('9'))),
  ).toEqual([user({ text: 'a' }), model(call('1'), call('2')), user(cutOff('1'), response('2'))]);
});

test('calls without ids are matched by name and order', () => {
  const anonymous: Part = { functionCall: { name: 'look' } };
  const answers = [1, 2].map(
    (n): Part => ({
      functionResponse: { name: 'look', response: { n } },
    }),
  );
  const contents = [user({ text: 'a' }), model(anonymous, anonymous), user(...answers)];
  expect(historyOf(...contents)).toEqual(contents);
});

test('a history begins with a message, and a response without its call is left out', () => {
  expect(historyOf(user(response('1')), model({ text: 'b' }), user({ text: 'c' }))).toEqual([
    user({ text: 'c' }),
  ]);
  expect(historyOf(user({ text: 'a' }), user(response('1')), model({ text: 'b' }))).toEqual([
    user({ text: 'a' }),
    model({ text: 'b' }),
  ]);
  expect(historyOf(model({ text: 'b' }))).toEqual([]);
});

test('what a model said in two events is one turn, and empty texts are none', () => {
  const signed = { text: '', thoughtSignature: 'ZW5k' };
  expect(
    historyOf(user({ text: 'a' }), model({ text: 'b' }), model({ text: '' }), model(signed)),
  ).toEqual([user({ text: 'a' }), model({ text: 'b' }, signed)]);
});
