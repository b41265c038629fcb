import type { Content } from '@holdfast/session';
import { describe, expect, it } from 'vitest';
import {
  anthropicProblems,
  geminiProblems,
  geminiRequestProblems,
  openAIProblems,
} from './strict-checkers.fixture.ts';

const call = (id?: string) => ({ functionCall: { ...(id && { id }), name: 'search' } });
const answer = (id?: string) => ({
  functionResponse: { ...(id && { id }), name: 'search', response: {} },
});
const model = (...parts: NonNullable<Content['parts']>): Content => ({ role: 'model', parts });
const user = (...parts: NonNullable<Content['parts']>): Content => ({ role: 'user', parts });
const text = { text: 'a' };

// What the properties lean on: a checker that finds nothing wrong proves nothing.
describe.each([
  ['Gemini', geminiProblems],
  ['OpenAI', openAIProblems],
  ['Anthropic', anthropicProblems],
] as const)('the checker for %s', (_, problemsOf) => {
  it.each<[string, readonly Content[]]>([
    ['a call with its response', [user(text), model(call('x')), user(answer('x'))]],
    ['calls at once', [model(text, call('x'), call('y')), user(answer('x'), answer('y'))]],
    ['calls without ids', [model(call(), call()), user(answer(), answer()), user(text)]],
    [
      'an id that is used again',
      [model(call('x')), user(answer('x')), model(call('x')), user(answer('x'))],
    ],
  ])('accepts %s', (_, contents) => {
    expect(problemsOf(contents)).toEqual([]);
  });

  it.each<[string, readonly Content[]]>([
    ['a call without a response', [model(call('x'))]],
    ['a call without one of two responses', [model(call('x'), call('y')), user(answer('x'))]],
    ['a response without a call', [user(text), user(answer('x'))]],
    ['a response of another id', [model(call('x')), user(answer('y'))]],
    ['a response that comes twice', [model(call('x')), user(answer('x'), answer('x'))]],
    ['text between a call and its response', [model(call('x')), user(text), user(answer('x'))]],
    [
      'a model that goes on before the response',
      [model(call('x')), model(text), model(call('y')), user(answer('x'))],
    ],
  ])('refuses %s', (_, contents) => {
    expect(problemsOf(contents)).not.toEqual([]);
  });
});

describe('the checker for a request to Gemini', () => {
  it.each<[string, readonly Content[]]>([
    ['the model at first', [model(text)]],
    [
      'a call behind a content of the model',
      [user(text), model(text), model(call()), user(answer())],
    ],
    ['no parts', [user()]],
    ['an empty part', [user({})]],
    ['an empty text', [user({ text: '' })]],
    ['another role', [{ role: 'tool', parts: [text] }]],
  ])('refuses %s', (_, contents) => {
    expect(geminiRequestProblems(contents)).not.toEqual([]);
  });
});
