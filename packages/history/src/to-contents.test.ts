/// <reference types="node" />
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type GenerateContentParameters, GoogleGenAI } from '@google/genai';
import { InMemorySessionService } from '@holdfast/in-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { type Draft, draft, historyOf } from './histories.fixture.ts';
import { type ContentsOptions, toContents } from './to-contents.ts';

const user = (words: string): Draft => ({
  author: 'user',
  content: { role: 'user', parts: [{ text: words }] },
});
const model = (...parts: readonly object[]): Draft => ({
  author: 'agent',
  content: { role: 'model', parts },
});
const call = (id: string, name = 'search') => ({ functionCall: { id, name, args: {} } });
const answers = (...parts: readonly object[]): Draft => ({
  author: 'agent',
  content: { role: 'user', parts },
});
const answer = (id: string, name = 'search') => ({
  functionResponse: { id, name, response: { of: id } },
});
const pending = (id: string) => ({
  functionResponse: { id, name: 'search', response: { status: 'pending' } },
});
const confirm = (id: string, about: string) => ({
  functionCall: { id, name: 'adk_request_credential', args: { functionCallId: about } },
});
const summary = (throughSeq: number, role?: string): Draft => ({
  author: 'user',
  actions: {
    stateDelta: {},
    compaction: {
      fromSeq: 1,
      throughSeq,
      compactedContent: { ...(role && { role }), parts: [{ text: 'in short' }] },
    },
  },
});
const EARLIER = { role: 'user', parts: [{ text: '(The conversation began earlier.)' }] };
const said = (role: string, ...parts: readonly object[]) => ({ role, parts });

describe('toContents', () => {
  it.each<[string, readonly Draft[], readonly object[], ContentsOptions?]>([
    [
      'gives what was said in turn',
      [user('a'), model({ text: 'b' }), user('c')],
      [said('user', { text: 'a' }), said('model', { text: 'b' }), said('user', { text: 'c' })],
    ],
    [
      'makes one content of those of the model that follow each other',
      [user('a'), model({ text: 'b' }), {}, model({ text: 'c' }, call('x')), answers(answer('x'))],
      [
        said('user', { text: 'a' }),
        said('model', { text: 'b' }, { text: 'c' }, call('x')),
        said('user', answer('x')),
      ],
    ],
    [
      'begins with the user, whoever does',
      [model({ text: 'a' })],
      [EARLIER, said('model', { text: 'a' })],
    ],
    [
      'gives a summary as the user’s, without a role',
      [user('a'), summary(1), model({ text: 'b' })],
      [said('user', { text: 'in short' }), said('model', { text: 'b' })],
    ],
    [
      'gives a summary as the user’s, if a model has written it',
      [user('a'), summary(1, 'model'), user('b')],
      [said('user', { text: 'in short' }), said('user', { text: 'b' })],
    ],
    [
      'gives no request to a person, nor the answer to it',
      [
        user('a'),
        model(call('x')),
        answers(call('r', 'adk_request_confirmation')),
        answers(answer('x')),
        { author: 'user', ...answers(answer('r', 'adk_request_confirmation')) },
      ],
      [said('user', { text: 'a' }), said('model', call('x')), said('user', answer('x'))],
    ],
    [
      'says that a call is pending which a person is asked about',
      [user('a'), model(call('x')), answers(confirm('r', 'x')), user('b')],
      [
        said('user', { text: 'a' }),
        said('model', call('x')),
        said('user', pending('x')),
        said('user', { text: 'b' }),
      ],
    ],
    [
      'gives what stands beside a request to a person',
      [user('a'), model({ text: 'b' }, call('r', 'adk_request_input'))],
      [said('user', { text: 'a' }), said('model', { text: 'b' })],
    ],
    [
      'gives calls as the model’s and responses as the user’s, whatever role they were stored in',
      [user('a'), { ...answers(call('x')), author: 'user' }, model(answer('x'))],
      [said('user', { text: 'a' }), said('model', call('x')), said('user', answer('x'))],
    ],
    [
      "goes by the author if there is no role, and gives no words of a system as the model's",
      [
        { author: 'user', content: { parts: [{ text: 'a' }] } },
        { author: 'agent', content: { parts: [{ text: 'b' }] } },
        { content: { parts: [{ text: 'c' }] } },
        { author: 'agent', content: { role: 'system', parts: [{ text: 'd' }] } },
      ],
      [
        said('user', { text: 'a' }),
        said('model', { text: 'b' }),
        said('user', { text: 'c' }),
        said('user', { text: 'd' }),
      ],
    ],
    [
      'gives no empty text and no empty part, but signatures of thoughts',
      [user(''), user('a'), model({}, { text: '', thoughtSignature: 'c2ln' }, { text: '' })],
      [said('user', { text: 'a' }), said('model', { text: '', thoughtSignature: 'c2ln' })],
    ],
    [
      'leaves calls without a response out if it is asked to',
      [user('a'), model(call('x'))],
      [said('user', { text: 'a' })],
      { missingResponse: 'omit' },
    ],
    [
      'gives what fits',
      [user('a'), model({ text: 'b' }), user('c'), model({ text: 'd' })],
      [said('user', { text: 'c' }), said('model', { text: 'd' })],
      { maxEvents: 3 },
    ],
    [
      'gives a branch what is of it, of those above it, and of none',
      [
        user('a'),
        { ...user('b'), branch: 'root' },
        { ...user('c'), branch: 'root.a' },
        { ...user('d'), branch: 'root.ab' },
        { ...user('e'), branch: 'root.a.deep' },
        { ...user('f'), branch: '' },
        { ...user('g'), branch: 'ro' },
      ],
      [...'abcf'].map((letter) => said('user', { text: letter })),
      { branch: 'root.a' },
    ],
    ['gives nothing of nothing', [{}, user('')], []],
  ])('%s', (_, drafts, expected, options) => {
    expect(toContents(historyOf(...drafts), options)).toEqual(expected);
  });

  it('gives no pieces of what is still being streamed', () => {
    expect(toContents([draft({ ...user('a'), partial: true })])).toEqual([]);
  });

  it('refuses a budget that is too small for the newest event, and says what that needs', () => {
    const events = historyOf(user('a'), model(call('x'), call('y')), answers(answer('x')));
    expect(() => toContents(events, { maxEvents: 1 })).toThrow(
      expect.objectContaining({
        code: 'too_large',
        path: 'maxEvents',
        message: expect.stringMatching(/exceeds maxEvents: 2, and not 1$/),
      }),
    );
  });

  it.each<[string, unknown, unknown]>([
    ['events', null, {}],
    ['events[0]', [null], {}],
    ['options', [], null],
    ['options', [], 8_000],
    ['branch', [], { branch: 5 }],
    ['missingResponse', [], { missingResponse: true }],
    ['maxEvents', [], { maxEvents: 0.5 }],
    ['maxTokens', [], { maxTokens: -1 }],
    ['maxBytes', [], { maxBytes: '9' }],
    ['countTokens', [], { countTokens: {} }],
  ])('refuses a wrong %s', (path, history, options) => {
    expect(() => toContents(history as never, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path }),
    );
  });
});

describe('contents that are given to @google/genai', () => {
  const server = createServer(async (request, response) => {
    received = JSON.parse(await text(request));
    response.setHeader('content-type', 'application/json');
    const content = { role: 'model', parts: [{ text: 'hello' }] };
    response.end(JSON.stringify({ candidates: [{ content }] }));
  });
  let received: { readonly contents?: unknown } = {};

  afterEach(() => {
    server.close();
  });

  it('are taken as they are, and arrive as they were given', async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const service = new InMemorySessionService();
    const key = { appName: 'app', userId: 'ann', sessionId: 's' };
    await service.create(key);
    const signed = { ...call('x'), thoughtSignature: 'c2ln' };
    const image = { inlineData: { mimeType: 'image/png', data: 'aGk=' } };
    const drafts = [
      user('a'),
      model({ text: 'b' }),
      model(signed, call('y')),
      answers(answer('y')),
    ];
    for (const event of [...drafts, answers(answer('x')), user('c'), model(image)]) {
      await service.appendEvent({ ...key, event });
    }
    const session = await service.getOrCreate(key);

    // No cast: this is what the compiler is asked.
    const request: GenerateContentParameters = {
      model: 'gemini-3',
      contents: toContents(session, { maxTokens: 8_000 }),
    };
    const ai = new GoogleGenAI({
      apiKey: 'none',
      vertexai: false,
      httpOptions: { baseUrl: `http://127.0.0.1:${port}` },
    });
    const { candidates } = await ai.models.generateContent(request);
    expect(received.contents).toEqual(toContents(session));

    const content = candidates?.[0]?.content;
    await service.appendEvent({ ...key, event: { author: 'agent', ...(content && { content }) } });
    const next = toContents((await service.get(key)) ?? []);
    expect(next.at(-1)).toEqual(said('model', image, { text: 'hello' }));
  });
});
