import type { Content } from '@holdfast/core';
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { PROSE } from './estimate-tokens.fixture.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { CODE } from './estimate-tokens-code.fixture.ts';
import { DATA } from './estimate-tokens-data.fixture.ts';
import { charactersRead, IMAGES } from './estimate-tokens-image.fixture.ts';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const seed = Number(process.env['HOLDFAST_SEED'] ?? 1);

/** The estimate of a content with these parts, whatever they are. */
const estimate = (...parts: readonly unknown[]) => estimateTokens({ parts } as Content);
/** What a part adds to a content. */
const added = (part: unknown) => estimate(part) - estimate();
const textTokens = (text: string) => added({ text }) - added({});

describe('estimateTokens, of text beside a tokenizer', () => {
  it.each(Object.entries({ ...PROSE, ...CODE }))('is within 25 %% of it for %s', (_, text) => {
    const ratio = textTokens(text) / countTokens(text);
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.25);
  });

  it.each(Object.entries(DATA))('is at least 60 %% of it, not far above, for %s', (_, text) => {
    const tokens = countTokens(text);
    expect(textTokens(text)).toBeGreaterThanOrEqual(0.6 * tokens);
    expect(textTokens(text)).toBeLessThan(2 * tokens + 60);
  });

  it('looks once at each character', () => {
    const text = PROSE['English'].repeat(20);
    expect(charactersRead(() => textTokens(text))).toBeLessThan(text.length + 10);
  });
});

describe('estimateTokens, of other parts', () => {
  const args = { city: 'Lyon', days: [1, 2, 3] };

  it('counts the name and the JSON of a call and of a response, with little around them', () => {
    const tokens = countTokens(`get_weather${JSON.stringify(args)}`);
    for (const part of [
      { functionCall: { id: 'call-1', name: 'get_weather', args } },
      { functionResponse: { id: 'call-1', name: 'get_weather', response: args } },
    ]) {
      expect(added(part)).toBeGreaterThan(tokens);
      expect(added(part)).toBeLessThan(1.25 * tokens + 8);
    }
  });

  it('counts the image and the file that a response carries', () => {
    const { mimeType, data } = IMAGES['GIF'];
    const parts = [{ inlineData: { mimeType, data } }, { fileData: { fileUri: 'gs://b/o' } }];
    const response = { name: 'photo', response: { taken: true } };
    expect(added({ functionResponse: { ...response, parts } })).toBe(
      added({ functionResponse: response }) + 2 * (258 + 1),
    );
  });

  it.each([
    [{ executableCode: { code: CODE['Python'], language: 'PYTHON' } }],
    [{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: CODE['Python'] } }],
    [{ toolCall: { toolType: 'SEARCH', args: { query: CODE['Python'] } } }],
    [{ toolResponse: { output: CODE['Python'] } }],
    [{ somethingNew: { output: CODE['Python'] } }],
  ])('counts the JSON of %j', (part) => {
    const tokens = countTokens(JSON.stringify(Object.values(part)[0]));
    expect(added(part)).toBeGreaterThan(0.75 * tokens);
    expect(added(part)).toBeLessThan(1.25 * tokens);
  });

  it('counts nothing for a signature and for metadata, which a model does not read', () => {
    const thoughtSignature = 'Cj8BVKhc'.repeat(500);
    const metadata = { partMetadata: { source: 'x'.repeat(99) }, videoMetadata: { fps: 1 } };
    expect(added({ text: 'Yes.', thought: true, thoughtSignature, ...metadata })).toBe(
      added({ text: 'Yes.' }),
    );
  });
});

describe('estimateTokens, of anything', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const text = fc.oneof(json, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
  const base64 = fc.oneof(
    json,
    fc.base64String(),
    fc.constantFrom(...Object.values(IMAGES).map(({ data }) => data)),
  );
  const mimeType = fc.oneof(json, fc.constantFrom('image/png', 'audio/wav', 'text/x', 'video/x'));
  const inlineData = fc.oneof(json, fc.record({ mimeType, data: base64 }));
  const fields = { text, inlineData, fileData: json, thought: json, executableCode: json };
  const parts = fc.oneof(json, fc.array(fc.oneof(json, fc.record(fields, { requiredKeys: [] }))));
  const call = fc.record({ id: json, name: text, args: json, response: json, parts });
  const all = { ...fields, functionCall: call, functionResponse: call, other: json };
  const part = fc.oneof(json, fc.record(all, { requiredKeys: [] }));
  const someParts = fc.array(part, { maxLength: 4 });
  const settings = { seed, numRuns: 300 };

  it('is a whole number of tokens, whatever the parts are', () => {
    const content = fc.oneof(json, fc.record({ role: json, parts: fc.oneof(json, someParts) }));
    fc.assert(
      fc.property(content, (given) => {
        const tokens = estimateTokens(given as Content);
        expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
      }),
      settings,
    );
  });

  it('adds up, part by part, and each part costs something', () => {
    fc.assert(
      fc.property(someParts, someParts, part, (first, second, one) => {
        expect(estimate(...first, ...second)).toBe(
          estimate(...first) + estimate(...second) - estimate(),
        );
        expect(estimate(...first, one)).toBeGreaterThan(estimate(...first));
      }),
      settings,
    );
  });

  it('hardly depends on where a text is cut, and more text never counts less', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const whole = textTokens(a + b);
        expect(Math.abs(whole - textTokens(a) - textTokens(b))).toBeLessThan(8);
        expect(whole).toBeGreaterThanOrEqual(textTokens(a));
      }),
      settings,
    );
  });

  it('takes input that is nested too deep to be written as JSON', () => {
    let deep: object = {};
    for (let level = 0; level < 100_000; level += 1) deep = { functionResponse: { parts: [deep] } };
    expect(estimate(deep, { functionCall: { args: deep } })).toBeLessThan(50);
  });
});
