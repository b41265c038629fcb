import type { RunConfig as AdkRunConfig } from '@google/adk';
import type { GenerateContentConfig as GenaiConfig } from '@google/genai';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  createGenerateContentConfig,
  type GenerateContentConfig,
} from './generate-content-config.ts';
import { createRunConfig, type RunConfig } from './run-config.ts';
import { parseStreamingMode, StreamingMode, streamingModeName } from './streaming-mode.ts';

const wrong = (path: string) => expect.objectContaining({ code: 'invalid_argument', path });
// Bad input, past the type checker.
const runConfig = createRunConfig as (input: unknown) => RunConfig;
const contentConfig = createGenerateContentConfig as (input: unknown) => GenerateContentConfig;

describe('StreamingMode', () => {
  it('round-trips integers and names', () => {
    for (const mode of Object.values(StreamingMode)) {
      expect(parseStreamingMode(mode)).toBe(mode);
      expect(parseStreamingMode(streamingModeName(mode))).toBe(mode);
      expect(parseStreamingMode(streamingModeName(mode).toUpperCase())).toBe(mode);
    }
    expect(StreamingMode).toEqual({ None: 0, SSE: 1, Bidi: 2 });
    expect(parseStreamingMode(null)).toBe(StreamingMode.None);
    expect(Object.is(parseStreamingMode(-0), 0)).toBe(true);
    expect(parseStreamingMode('Sse')).toBe(StreamingMode.SSE);
  });

  it.each([3, -1, 0.5, '1', 'stream', '', undefined, {}, true])('refuses %j', (value) => {
    expect(() => parseStreamingMode(value)).toThrow(wrong('streamingMode'));
  });
});

describe('createRunConfig', () => {
  it('has the keys of the RunConfig of @google/adk, which is assignable to it', () => {
    expectTypeOf<keyof RunConfig>().toEqualTypeOf<keyof AdkRunConfig>();
    expectTypeOf<Omit<AdkRunConfig, 'streamingMode'>>().toExtend<
      Omit<RunConfig, 'streamingMode'>
    >();
  });

  it('fills in defaults, and freezes', () => {
    const config = createRunConfig();
    expect(config).toStrictEqual({
      streamingMode: StreamingMode.SSE,
      maxLlmCalls: 500,
      saveInputBlobsAsArtifacts: false,
      supportCfc: false,
      enableAffectiveDialog: false,
      pauseOnToolCalls: false,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes names and null for the mode, undefined as absent, and copies what is nested', () => {
    expect(createRunConfig({ streamingMode: 'BIDI' }).streamingMode).toBe(StreamingMode.Bidi);
    expect(createRunConfig({ streamingMode: null }).streamingMode).toBe(StreamingMode.None);
    expect(createRunConfig({ streamingMode: undefined }).streamingMode).toBe(StreamingMode.SSE);
    expect(createRunConfig({ maxLlmCalls: -1 }).maxLlmCalls).toBe(-1);
    const speechConfig = { voiceConfig: { name: 'x' } };
    const config = createRunConfig({ speechConfig, responseModalities: ['AUDIO'] });
    speechConfig.voiceConfig.name = 'y';
    expect(config.speechConfig).toEqual({ voiceConfig: { name: 'x' } });
    expect(Object.isFrozen(config.responseModalities)).toBe(true);
  });

  it.each([
    [{ maxLlmCall: 1 }, 'maxLlmCall'],
    [{ maxLlmCalls: 1.5 }, 'maxLlmCalls'],
    [{ maxLlmCalls: 2 ** 53 }, 'maxLlmCalls'],
    [{ maxLlmCalls: '5' }, 'maxLlmCalls'],
    [{ streamingMode: 'http' }, 'streamingMode'],
    [{ supportCfc: 'yes' }, 'supportCfc'],
    [{ responseModalities: 'AUDIO' }, 'responseModalities'],
    [{ responseModalities: ['AUDIO', 1] }, 'responseModalities[1]'],
    [{ speechConfig: [] }, 'speechConfig'],
    [{ proactivity: { a: { b: () => 0 } } }, 'proactivity.a.b'],
    [JSON.parse('{"__proto__": 1}'), '__proto__'],
    [{ toString: 1 }, 'toString'],
  ])('refuses %j', (input, path) => {
    expect(() => runConfig(input)).toThrow(wrong(path));
  });

  it.each([null, 5, [], new Map()])('refuses a config that is %j', (input) => {
    expect(() => runConfig(input)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});

describe('createGenerateContentConfig', () => {
  it('has the keys of the config of @google/genai, which is assignable to it', () => {
    expectTypeOf<keyof GenerateContentConfig>().toEqualTypeOf<keyof GenaiConfig>();
    expectTypeOf<GenaiConfig>().toExtend<GenerateContentConfig>();
  });

  it('takes every field at the ends of its range', () => {
    const input = {
      systemInstruction: { role: 'system', parts: [{ text: 'Be brief.' }] },
      temperature: 2,
      topP: 0,
      topK: 1,
      candidateCount: 1,
      maxOutputTokens: 1,
      stopSequences: ['END'],
      presencePenalty: -2,
      frequencyPenalty: 2,
      seed: -5,
      responseLogprobs: true,
      logprobs: 0,
      labels: { team: 'a' },
      safetySettings: [{ category: 'X', threshold: 'Y' }],
      speechConfig: 'Kore',
      thinkingConfig: { thinkingBudget: 0 },
      store: false,
    };
    expect(createGenerateContentConfig(input)).toStrictEqual(input);
    expect(createGenerateContentConfig({ systemInstruction: 'Be brief.' })).toBeDefined();
    expect(createGenerateContentConfig({ systemInstruction: ['a', { text: 'b' }] })).toBeDefined();
    expect(createGenerateContentConfig({ speechConfig: { languageCode: 'de' } })).toBeDefined();
    expect(createGenerateContentConfig()).toStrictEqual({});
  });

  it('keeps the identity of tools, httpOptions and abortSignal', () => {
    const tools = [{ tool: async () => ({}) }];
    const httpOptions = { headers: new Headers() };
    const abortSignal = new AbortController().signal;
    const config = createGenerateContentConfig({ tools, httpOptions, abortSignal });
    expect(config.tools).toBe(tools);
    expect(config.httpOptions).toBe(httpOptions);
    expect(config.abortSignal).toBe(abortSignal);
    expect(Object.isFrozen(tools)).toBe(false);
  });

  it('fills in the mime type where a schema needs one', () => {
    expect(
      createGenerateContentConfig({ responseSchema: { type: 'OBJECT' } }).responseMimeType,
    ).toBe('application/json');
    const given = { responseJsonSchema: {}, responseMimeType: 'text/x.enum' };
    expect(createGenerateContentConfig(given).responseMimeType).toBe('text/x.enum');
  });

  it.each([
    [{ temprature: 1 }, 'temprature'],
    [{ temperature: 2.1 }, 'temperature'],
    [{ temperature: Number.NaN }, 'temperature'],
    [{ temperature: '1' }, 'temperature'],
    [{ topP: -0.1 }, 'topP'],
    [{ topK: 0 }, 'topK'],
    [{ topK: 1.5 }, 'topK'],
    [{ maxOutputTokens: 0 }, 'maxOutputTokens'],
    [{ candidateCount: 0 }, 'candidateCount'],
    [{ presencePenalty: 2.5 }, 'presencePenalty'],
    [{ frequencyPenalty: -3 }, 'frequencyPenalty'],
    [{ logprobs: -1 }, 'logprobs'],
    [{ seed: 0.5 }, 'seed'],
    [{ stopSequences: [1] }, 'stopSequences[0]'],
    [{ labels: { team: 1 } }, 'labels["team"]'],
    [{ labels: 'x' }, 'labels'],
    [{ tools: {} }, 'tools'],
    [{ tools: [1] }, 'tools[0]'],
    // biome-ignore lint/suspicious/noSparseArray: it is what is tested
    [{ tools: [{}, ,] }, 'tools[1]'],
    [{ safetySettings: {} }, 'safetySettings'],
    [{ httpOptions: 'x' }, 'httpOptions'],
    [{ abortSignal: {} }, 'abortSignal'],
    [{ abortSignal: null }, 'abortSignal'],
    [{ systemInstruction: [1] }, 'systemInstruction[0]'],
    [{ systemInstruction: 1 }, 'systemInstruction'],
    [{ responseMimeType: 1 }, 'responseMimeType'],
    [{ speechConfig: 1 }, 'speechConfig'],
    [{ responseSchema: {}, responseJsonSchema: {} }, 'responseJsonSchema'],
    [{ responseJsonSchema: { a: Number.NaN } }, 'responseJsonSchema.a'],
  ])('refuses %j', (input, path) => {
    expect(() => contentConfig(input)).toThrow(wrong(path));
  });
});
