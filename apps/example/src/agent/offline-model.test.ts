import { createGenerateContentConfig, type GenerateContentConfigInput } from '@holdfast/core';
import { expect, test } from 'vitest';
import type { ModelChunk } from './model.ts';
import { OfflineModel } from './offline-model.ts';
import { declareTools } from './tool.ts';
import { memoryTools } from './tools.ts';

interface Ask {
  readonly text: string;
  readonly config?: GenerateContentConfigInput;
  readonly signal?: AbortSignal;
  readonly wordDelay?: number;
}

async function ask({ text, config = {}, signal, wordDelay = 0 }: Ask) {
  const chunks: ModelChunk[] = [];
  const answer = new OfflineModel({ wordDelay }).generate({
    history: [{ role: 'user', parts: [{ text }] }],
    config: createGenerateContentConfig({ tools: declareTools(memoryTools), ...config }),
    streams: true,
    signal: signal ?? new AbortController().signal,
  });
  for await (const chunk of answer) chunks.push(chunk);
  const parts = chunks.flatMap((chunk) => (chunk.kind === 'part' ? [chunk.part] : []));
  return {
    words: parts.flatMap(({ text: word }) => word ?? []),
    calls: parts.flatMap(({ functionCall }) => functionCall ?? []),
    end: chunks.find((chunk) => chunk.kind === 'end')?.end,
  };
}

test.each([
  ['My name is Ada and I like tea', ['remember', 'remember_like']],
  ['Add milk and bread to my shopping list', ['add_to_list']],
  ['we need eggs', ['add_to_list']],
  ['remove milk from the list', ['remove_from_list']],
  ['What is on my shopping list?', ['read_list']],
  ['clear my shopping list', ['clear_list']],
  ['Announce: tea at four', ['announce']],
  ['What is the announcement?', ['read_announcement']],
  ['What do you know about me?', ['recall']],
  ['hello', ['recall']],
  ['forget my name', ['forget']],
  ['Tell me a story', []],
  ['we need to talk', []],
])('%j calls %j', async (text, names) => {
  const { calls, words } = await ask({ text });
  expect(calls.map(({ name }) => name)).toEqual(names);
  expect(words.length > 0).toBe(names.length === 0);
});

test('a list of things is read as one wish', async () => {
  const { calls } = await ask({ text: 'Please add milk, some bread and my pills to my list!' });
  expect(calls.map(({ args }) => args)).toEqual([{ items: ['milk', 'bread', 'my pills'] }]);
});

test('maxOutputTokens counts words, and the end says that it was reached', async () => {
  const whole = await ask({ text: 'tell me a story' });
  expect(whole.end).toEqual({ finishReason: 'STOP' });
  const cut = await ask({ text: 'tell me a story', config: { maxOutputTokens: 5 } });
  expect(cut.words).toEqual(whole.words.slice(0, 5));
  expect(cut.end).toEqual({ finishReason: 'MAX_TOKENS' });
});

test('temperature, topP and topK change nothing', async () => {
  const settings = { temperature: 2, topP: 0.1, topK: 3 };
  const text = 'tell me a story';
  expect(await ask({ text, config: settings })).toEqual(await ask({ text }));
});

test('only tools that the config declares are called', async () => {
  const { calls, words } = await ask({ text: 'my name is Ada', config: { tools: [] } });
  expect(calls).toEqual([]);
  expect(words.join('')).toContain('small agent');
});

test('an interruption ends the wait for the next word', async () => {
  const interruption = new AbortController();
  const text = 'tell me a story';
  const answer = ask({ text, signal: interruption.signal, wordDelay: 1_000_000 });
  interruption.abort();
  await expect(answer).rejects.toThrow();
});

test('a long message of nothing but beginnings is read in no time', async () => {
  const hostile = [
    `my ${'a is '.repeat(50_000)}?`,
    `a${' '.repeat(250_000)}b`,
    `${'!'.repeat(250_000)}a`,
    `add ${'milk to my '.repeat(20_000)}`,
  ];
  for (const text of hostile) {
    const began = performance.now();
    await ask({ text });
    // Without a bound it takes minutes.
    expect(performance.now() - began).toBeLessThan(5_000);
  }
});
