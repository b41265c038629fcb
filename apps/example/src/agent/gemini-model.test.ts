import {
  type Content,
  createGenerateContentConfig,
  type GenerateContentConfig,
  type GenerateContentConfigInput,
  type Part,
  thaw,
} from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, test } from 'vitest';
import type { Agent } from './agent.ts';
import { createExampleAgent } from './example-agent.ts';
import { candidate, type GeminiAnswer, startGeminiApi } from './gemini-api.fixture.ts';
import type { ModelChunk } from './model.ts';
import { openModel } from './open-model.ts';

interface Ask {
  readonly history?: readonly Content[];
  readonly config?: GenerateContentConfigInput;
  readonly streams?: boolean;
  readonly signal?: AbortSignal;
}

const hello: readonly Content[] = [{ role: 'user', parts: [{ text: 'hello' }] }];

function openGemini(url: string) {
  return openModel({ geminiApiKey: 'a-key', geminiModel: 'gemini-test', geminiBaseUrl: url });
}

/** Asks a stand-in that gives `answer`. What the model threw is in `error`. */
async function ask(answer: GeminiAnswer, { history = hello, config, ...more }: Ask = {}) {
  const api = await startGeminiApi(answer);
  const model = await openGemini(api.url);
  const chunks: ModelChunk[] = [];
  let error: unknown;
  try {
    const answers = model.generate({
      history: thaw(history),
      config: createGenerateContentConfig(config),
      streams: more.streams ?? true,
      signal: more.signal ?? new AbortController().signal,
    });
    for await (const chunk of answers) chunks.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  const parts = chunks.flatMap((chunk) => (chunk.kind === 'part' ? [chunk.part] : []));
  const ends = chunks.flatMap((chunk) => (chunk.kind === 'end' ? [chunk.end] : []));
  return { call: api.calls[0], calls: api.calls, parts, end: Object.assign({}, ...ends), error };
}

const yes: GeminiAnswer = { kind: 'responses', responses: [candidate([{ text: 'yes' }], 'STOP')] };

const declaration = {
  name: 'look',
  description: 'Look.',
  parametersJsonSchema: { type: 'object', properties: {} },
};
const speech = { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } };

/**
 * Each field of the config that the Gemini API takes: what is given, and where it stands in
 * the body of the request.
 */
const taken: { readonly [Field in keyof GenerateContentConfig]?: readonly [unknown, object] } = {
  systemInstruction: [
    'Be brief.',
    { systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] } },
  ],
  temperature: [0.5, { generationConfig: { temperature: 0.5 } }],
  topP: [0.9, { generationConfig: { topP: 0.9 } }],
  topK: [40, { generationConfig: { topK: 40 } }],
  candidateCount: [1, { generationConfig: { candidateCount: 1 } }],
  maxOutputTokens: [100, { generationConfig: { maxOutputTokens: 100 } }],
  stopSequences: [['END'], { generationConfig: { stopSequences: ['END'] } }],
  presencePenalty: [0.25, { generationConfig: { presencePenalty: 0.25 } }],
  frequencyPenalty: [-0.25, { generationConfig: { frequencyPenalty: -0.25 } }],
  seed: [42, { generationConfig: { seed: 42 } }],
  responseLogprobs: [true, { generationConfig: { responseLogprobs: true } }],
  logprobs: [3, { generationConfig: { logprobs: 3 } }],
  responseMimeType: ['text/plain', { generationConfig: { responseMimeType: 'text/plain' } }],
  responseSchema: [
    { type: 'STRING' },
    {
      generationConfig: {
        responseSchema: { type: 'STRING' },
        responseMimeType: 'application/json',
      },
    },
  ],
  responseJsonSchema: [
    { type: 'string' },
    {
      generationConfig: {
        responseJsonSchema: { type: 'string' },
        responseMimeType: 'application/json',
      },
    },
  ],
  responseModalities: [['TEXT'], { generationConfig: { responseModalities: ['TEXT'] } }],
  tools: [
    [{ functionDeclarations: [declaration] }],
    { tools: [{ functionDeclarations: [declaration] }] },
  ],
  toolConfig: [
    { functionCallingConfig: { mode: 'ANY' } },
    { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
  ],
  safetySettings: [
    [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
  ],
  thinkingConfig: [
    { includeThoughts: true, thinkingBudget: 100 },
    { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 100 } } },
  ],
  speechConfig: [speech, { generationConfig: { speechConfig: speech } }],
  audioTranscriptionConfig: [
    { languageCodes: ['en'] },
    { generationConfig: { audioTranscriptionConfig: { languageCodes: ['en'] } } },
  ],
  imageConfig: [
    { aspectRatio: '16:9' },
    { generationConfig: { imageConfig: { aspectRatio: '16:9' } } },
  ],
  mediaResolution: [
    'MEDIA_RESOLUTION_LOW',
    { generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' } },
  ],
  serviceTier: ['flex', { serviceTier: 'flex' }],
  cachedContent: ['cachedContents/1', { cachedContent: 'cachedContents/1' }],
  continuationToken: ['go-on', { continuationToken: 'go-on' }],
  enableEnhancedCivicAnswers: [true, { generationConfig: { enableEnhancedCivicAnswers: true } }],
  store: [false, { store: false }],
  labels: [{ team: 'docs' }, { labels: { team: 'docs' } }],
};

test.each(Object.entries(taken))('%s reaches the API', async (field, [value, body]) => {
  const { call, error } = await ask(yes, { config: { [field]: value } });
  expect(error).toBeUndefined();
  expect(call?.body).toEqual({
    contents: hello,
    generationConfig: {},
    ...body,
  });
});

// What only the Vertex AI API has: the client says so, and the answer fails with that.
const refused: { readonly [Field in keyof GenerateContentConfig]?: unknown } = {
  routingConfig: { autoMode: {} },
  modelSelectionConfig: {},
  modelArmorConfig: {},
  audioTimestamp: true,
  generationOutputConfig: {},
};

test.each(Object.entries(refused))('%s is refused, and says so', async (field, value) => {
  const { calls, error } = await ask(yes, { config: { [field]: value } });
  expect(calls).toEqual([]);
  expect(error).toMatchObject({ message: expect.stringContaining(field) });
});

// What is the client's own, and goes into no request.
const ofTheClient: readonly (keyof GenerateContentConfig)[] = [
  'abortSignal',
  'automaticContinuation',
  'automaticFunctionCalling',
  'httpOptions',
];

test('every field of the config is accounted for', () => {
  const fields: Record<keyof GenerateContentConfig, true> = {
    systemInstruction: true,
    temperature: true,
    topP: true,
    topK: true,
    candidateCount: true,
    maxOutputTokens: true,
    stopSequences: true,
    presencePenalty: true,
    frequencyPenalty: true,
    seed: true,
    responseLogprobs: true,
    logprobs: true,
    responseMimeType: true,
    responseSchema: true,
    responseJsonSchema: true,
    responseModalities: true,
    tools: true,
    toolConfig: true,
    automaticFunctionCalling: true,
    safetySettings: true,
    modelArmorConfig: true,
    thinkingConfig: true,
    speechConfig: true,
    audioTimestamp: true,
    audioTranscriptionConfig: true,
    imageConfig: true,
    mediaResolution: true,
    generationOutputConfig: true,
    routingConfig: true,
    modelSelectionConfig: true,
    serviceTier: true,
    cachedContent: true,
    continuationToken: true,
    automaticContinuation: true,
    enableEnhancedCivicAnswers: true,
    store: true,
    labels: true,
    httpOptions: true,
    abortSignal: true,
  };
  const tested = [...Object.keys(taken), ...Object.keys(refused), ...ofTheClient];
  expect(tested.sort()).toEqual(Object.keys(fields).sort());
});

test('httpOptions go with the request', async () => {
  const { call } = await ask(yes, { config: { httpOptions: { apiVersion: 'v9' } } });
  expect(call?.path).toBe('/v9/models/gemini-test:streamGenerateContent?alt=sse');
});

test('a stream comes piece by piece, and says how it ended', async () => {
  const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2 };
  const last = { ...candidate([{ text: ' there' }], 'STOP'), usageMetadata };
  const { call, parts, end, error } = await ask({
    kind: 'responses',
    responses: [candidate([{ text: 'hello' }]), last],
  });
  expect(error).toBeUndefined();
  expect(call).toMatchObject({
    path: '/v1/models/gemini-test:streamGenerateContent?alt=sse',
    apiKey: 'a-key',
  });
  expect(parts).toEqual([{ text: 'hello' }, { text: ' there' }]);
  expect(end).toEqual({ finishReason: 'STOP', modelVersion: 'gemini-test-001', usageMetadata });
});

test('without a stream the answer is asked for as one', async () => {
  const { call, parts, end } = await ask(yes, { streams: false });
  expect(call?.path).toBe('/v1/models/gemini-test:generateContent');
  expect(parts).toEqual([{ text: 'yes' }]);
  expect(end).toEqual({ finishReason: 'STOP', modelVersion: 'gemini-test-001' });
});

test.each([true, false])(
  'calls, responses and signatures go to the API and come back as they are (stream: %s)',
  async (streams) => {
    const parts: readonly Part[] = [
      { text: 'I look', thought: true },
      {
        functionCall: { id: 'c1', name: 'look', args: { at: 'it' } },
        thoughtSignature: 'c2lnbmF0dXJl',
      },
    ];
    const history: readonly Content[] = [
      ...hello,
      { role: 'model', parts },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'c1', name: 'look', response: { colour: 'blue' } } }],
      },
    ];
    const response = candidate(parts, 'STOP');
    const asked = await ask({ kind: 'responses', responses: [response] }, { history, streams });
    expect(asked.call?.body['contents']).toEqual(history);
    expect(asked.parts).toEqual(parts);
  },
);

const apiError = (code: number, status: string) => ({
  error: { code, status, message: `told ${status}` },
});

test.each([
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [400, 'INVALID_ARGUMENT'],
])('status %i fails with what the API tells', async (status, name) => {
  for (const streams of [true, false]) {
    const body = apiError(status, name);
    const { error, calls } = await ask({ kind: 'error', status, body }, { streams });
    expect(error).toMatchObject({
      name: 'ModelError',
      code: name,
      message: `the model could not answer: told ${name}`,
    });
    expect(calls).toHaveLength(1);
  }
});

test('an error that is no JSON, and one in the midst of a stream, are told, too', async () => {
  const gateway = await ask({ kind: 'error', status: 502, body: '<html>Bad Gateway</html>' });
  expect(gateway.error).toMatchObject({ message: expect.stringContaining('Bad Gateway') });
  const late = await ask({
    kind: 'responses',
    responses: [candidate([{ text: 'half' }]), apiError(503, 'UNAVAILABLE')],
  });
  expect(late.parts).toEqual([{ text: 'half' }]);
  expect(late.error).toMatchObject({ code: 'UNAVAILABLE' });
});

test.each(['cut', 'end', 'half'] as const)('a stream that breaks off fails (%s)', async (how) => {
  const { parts, error } = await ask({
    kind: 'broken',
    how,
    responses: [candidate([{ text: 'half' }])],
  });
  expect(parts).toEqual([{ text: 'half' }]);
  expect(error).toMatchObject({ name: 'ModelError' });
});

test('an API that cannot be reached is told', async () => {
  const model = await openGemini('http://127.0.0.1:1');
  const answer = model.generate({
    history: thaw(hello),
    config: createGenerateContentConfig(),
    streams: true,
    signal: new AbortController().signal,
  });
  await expect(answer[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'UNREACHABLE',
  });
});

test('what the model will not answer is an error that names the reason', async () => {
  const blocked = { promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'not this' } };
  const message = await ask({ kind: 'responses', responses: [blocked] });
  expect(message.error).toMatchObject({ code: 'SAFETY', message: 'not this' });
  const answer = await ask({ kind: 'responses', responses: [candidate([], 'RECITATION')] });
  expect(answer.error).toMatchObject({ code: 'RECITATION' });
});

test('MAX_TOKENS is an end, not a failure', async () => {
  const responses = [candidate([{ text: 'so far' }], 'MAX_TOKENS')];
  const { error, end } = await ask({ kind: 'responses', responses });
  expect(error).toBeUndefined();
  expect(end).toMatchObject({ finishReason: 'MAX_TOKENS' });
});

test('an interruption ends the request', async () => {
  const api = await startGeminiApi({
    kind: 'hanging',
    responses: [candidate([{ text: 'half' }])],
  });
  const model = await openGemini(api.url);
  const interruption = new AbortController();
  const answer = model
    .generate({
      history: thaw(hello),
      config: createGenerateContentConfig(),
      streams: true,
      signal: interruption.signal,
    })
    [Symbol.asyncIterator]();
  expect((await answer.next()).value).toEqual({ kind: 'part', part: { text: 'half' } });
  await answer.next();
  const next = answer.next();
  interruption.abort(new Error('enough'));
  await expect(next).rejects.toThrow('enough');
  await api.calls[0]?.closed;
});

async function converse(agent: Agent, service: InMemorySessionService, texts: readonly string[]) {
  const { key } = await service.create({ appName: 'a', userId: 'ada', sessionId: 's' });
  for (const message of texts) {
    const session = await service.get(key);
    if (session === undefined) throw new Error('there is no session');
    for await (const _ of agent.run({ session, message })) void _;
  }
  return service.get(key);
}

test('an agent on it calls tools, survives a failure, and sends a history that the API takes', async () => {
  const call = {
    functionCall: { id: 'c1', name: 'remember', args: { key: 'name', value: 'Ada' } },
    thoughtSignature: 'c2ln',
  };
  const api = await startGeminiApi(
    { kind: 'responses', responses: [candidate([call], 'STOP')] },
    {
      kind: 'responses',
      responses: [candidate([{ text: 'Hello, ' }]), candidate([{ text: 'Ada' }], 'STOP')],
    },
    { kind: 'broken', how: 'cut', responses: [candidate([{ text: 'half' }])] },
    { kind: 'error', status: 429, body: apiError(429, 'RESOURCE_EXHAUSTED') },
    yes,
  );
  const service = new InMemorySessionService();
  const agent = createExampleAgent({ service, model: await openGemini(api.url) });
  const session = await converse(agent, service, ['I am Ada', 'go on', 'and?', 'well?']);
  expect(session?.state.toJSON()).toEqual({ title: 'I am Ada', 'user:name': 'Ada' });
  expect(session?.events.map(({ errorCode }) => errorCode)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    expect.any(String),
    undefined,
    'RESOURCE_EXHAUSTED',
    undefined,
    undefined,
  ]);
  const user = (text: string) => ({ role: 'user', parts: [{ text }] });
  const model = (text: string) => ({ role: 'model', parts: [{ text }] });
  expect(api.calls.at(-1)?.body['contents']).toEqual([
    user('I am Ada'),
    { role: 'model', parts: [call] },
    {
      role: 'user',
      parts: [
        {
          functionResponse: { id: 'c1', name: 'remember', response: { key: 'name', value: 'Ada' } },
        },
      ],
    },
    model('Hello, Ada'),
    user('go on'),
    model('half'),
    user('and?'),
    user('well?'),
  ]);
  const declared = api.calls[0]?.body['tools'] as readonly { functionDeclarations: object[] }[];
  expect(declared[0]?.functionDeclarations).toContainEqual({
    name: 'add_to_list',
    description: expect.any(String),
    parametersJsonSchema: {
      type: 'object',
      properties: {
        items: { type: 'array', items: { type: 'string' }, description: 'The things' },
      },
      required: ['items'],
    },
  });
});

test('without a key the model is the offline one', async () => {
  expect((await openModel({})).name).toBe('offline');
  expect((await openModel({ geminiApiKey: '', geminiModel: 'x' })).name).toBe('offline');
  expect((await openModel({ geminiApiKey: 'k' })).name).toBe('gemini-flash-latest');
});
