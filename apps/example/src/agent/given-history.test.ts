import type { Content, Part } from '@holdfast/core';
import { expect, test } from 'vitest';
import { callLook, createWorld, look, run, say } from './agent.fixture.ts';

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
const noResponse = (id: string): Part => ({
  functionResponse: { id, name: 'look', response: { error: expect.stringContaining('cut off') } },
});

/** What a model is given for the message `go`, if this is stored before it. */
async function historyAfter(
  stored: readonly Content[],
  { numRecentEvents }: { readonly numRecentEvents?: number } = {},
) {
  const world = await createWorld();
  for (const content of stored) {
    const author = content.role === 'user' ? 'user' : 'agent';
    await world.service.appendEvent({ ...world.session.key, event: { author, content } });
  }
  const given: unknown[] = [];
  await run({
    world,
    numRecentEvents,
    async *model({ history }) {
      given.push(history);
      yield say('done');
    },
  });
  return given[0];
}

test('a model is given what was said, as it was said, if nothing broke off', async () => {
  const stored = [
    user({ text: 'a' }),
    model(call('1'), call('2')),
    user(response('1'), response('2')),
    model({ text: 'b' }),
  ];
  expect(await historyAfter(stored)).toEqual([...stored, user({ text: 'go' })]);
});

test('a model is given a message that got no answer, and then the next one', async () => {
  const stored = [user({ text: 'a' })];
  expect(await historyAfter(stored)).toEqual([...stored, user({ text: 'go' })]);
});

test('a model is told of a call that was cut off: it gets a response that says so', async () => {
  const asked = [user({ text: 'a' }), model(call('1'), call('2'))];
  expect(await historyAfter(asked)).toEqual([
    ...asked,
    user(noResponse('1'), noResponse('2')),
    user({ text: 'go' }),
  ]);
  expect(await historyAfter([...asked, user(response('2'))])).toEqual([
    ...asked,
    user(noResponse('1'), response('2')),
    user({ text: 'go' }),
  ]);
});

test('a model is given no response without its call', async () => {
  const stored = [user({ text: 'a' }), user(response('1')), model({ text: 'b' })];
  expect(await historyAfter(stored)).toEqual([
    user({ text: 'a' }),
    model({ text: 'b' }),
    user({ text: 'go' }),
  ]);
});

test('a model that knows the last events only is given what begins with the user', async () => {
  const stored = [
    user({ text: 'a' }),
    model(call('1')),
    user(response('1')),
    model({ text: 'b' }),
    user({ text: 'c' }),
  ];
  const earlier = user({ text: expect.stringContaining('began earlier') });
  const end = [user({ text: 'c' }), user({ text: 'go' })];
  const given = await Promise.all(
    [4, 3, 2, 1].map((numRecentEvents) => historyAfter(stored, { numRecentEvents })),
  );
  expect(given).toEqual([
    [earlier, ...stored.slice(1, 4), ...end],
    [earlier, model({ text: 'b' }), ...end],
    [earlier, model({ text: 'b' }), ...end],
    end,
  ]);
});

test('a model is given what it said in two events as one content, without empty texts', async () => {
  const signed = { text: '', thoughtSignature: 'ZW5k' };
  const stored = [
    user({ text: 'a' }),
    model({ text: 'b' }),
    model({ text: '' }),
    model(signed),
    user({ text: 'c' }),
  ];
  expect(await historyAfter(stored)).toEqual([
    user({ text: 'a' }),
    model({ text: 'b' }, signed),
    user({ text: 'c' }),
    user({ text: 'go' }),
  ]);
});

test('a model may change the history that it is given, and nothing else changes', async () => {
  const given: number[] = [];
  const { stored } = await run({
    tools: [look],
    async *model({ history }) {
      given.push(history.length);
      yield history.length === 1 ? callLook : say('done');
      for (const { parts } of history.splice(0)) parts?.splice(0);
    },
  });
  expect(given).toEqual([1, 3]);
  expect(stored?.events.map(({ content }) => content?.parts?.length)).toEqual([1, 1, 1, 1]);
});
