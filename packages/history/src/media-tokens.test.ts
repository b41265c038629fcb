import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { CODE } from './estimate-tokens-code.fixture.ts';
import { base64, charactersRead, IMAGES } from './estimate-tokens-image.fixture.ts';
import { imageSize } from './image-size.ts';
import { inlineDataTokens } from './media-tokens.ts';

/** Base64 of that many zeros. */
const zeros = (bytes: number) => 'A'.repeat(Math.floor((bytes * 4) / 3));

const word = (value: number) => [value >> 8, value & 255];

/** What a PNG of this size begins with. */
const png = (width: number, height: number) =>
  base64([
    ...[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
    ...[0, 0, ...word(width), 0, 0, ...word(height)],
  ]);

describe('imageSize', () => {
  it.each(Object.entries(IMAGES))('reads the size of a %s', (_, { data, width, height }) => {
    expect(imageSize(data)).toStrictEqual({ width, height });
  });

  it('reads it from base64 for URLs too', () => {
    const { data, width, height } = IMAGES['baseline JPEG'];
    const forUrls = data.replaceAll('/', '_').replaceAll('+', '-');
    expect(imageSize(forUrls)).toStrictEqual({ width, height });
  });

  it('finds the size of a JPEG behind a long Exif segment and bytes that only fill', () => {
    const exif = [0xff, 0xe1, ...word(60_002), ...new Array(60_000).fill(0xff)];
    const frame = [0xff, 0xff, 0xff, 0xc2, ...word(11), 8, ...word(1200), ...word(1600), 1];
    const data = base64([0xff, 0xd8, ...exif, ...frame]);
    expect(imageSize(data)).toStrictEqual({ width: 1600, height: 1200 });
    expect(charactersRead(() => imageSize(data))).toBeLessThan(200);
  });

  it('looks only at the header, however long the image is', () => {
    for (const { data } of Object.values(IMAGES)) {
      const long = data + zeros(3_000_000);
      expect(charactersRead(() => imageSize(long))).toBeLessThan(200);
    }
  });

  it('reads no size from a header that is cut off or broken anywhere', () => {
    for (const { data, width, height } of Object.values(IMAGES)) {
      for (let length = 0; length < data.length; length += 1) {
        for (const broken of [data.slice(0, length), `${data.slice(0, length)}%`]) {
          expect([undefined, { width, height }]).toContainEqual(imageSize(broken));
        }
      }
    }
  });

  it.each([
    ['no data', ''],
    ['text', btoa('Hello, world')],
    ['a PNG of no width', png(0, 10)],
    ['a sound in RIFF', base64([...'RIFF....WAVEfmt '].map((c) => c.charCodeAt(0)))],
    ['a WebP of a kind of its own', base64([...'RIFF....WEBPVP9 '].map((c) => c.charCodeAt(0)))],
    ['a JPEG without a frame', base64([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9])],
    ['a JPEG of tables only', base64([0xff, 0xd8, 0xff, 0xc4, 0, 3, 1, 0xff, 0xcc, 0, 2, 0])],
    ['a JPEG with a segment shorter than itself', base64([0xff, 0xd8, 0xff, 0xe0, 0, 0, 1, 1])],
  ])('reads no size from %s', (_, data) => {
    expect(imageSize(data)).toBeUndefined();
  });
});

describe('inlineDataTokens', () => {
  it.each([
    [1, 1, 1],
    [384, 384, 1],
    [385, 10, 1],
    [768, 768, 1],
    [769, 768, 2],
    [1024, 1024, 4],
    [3072, 3072, 16],
    // Scaled down to 3072 pixels.
    [6144, 3072, 8],
    [60_000, 60_000, 16],
    [65_535, 1, 4],
  ])('counts an image of %i x %i pixels as %i tiles', (width, height, tiles) => {
    expect(inlineDataTokens('image/png', png(width, height))).toBe(tiles * 258);
  });

  it.each([
    ['audio/mpeg', 480_000, 60 * 32],
    ['audio/wav', 1_920_000, 60 * 32],
    ['audio/L16;rate=16000', 1_920_000, 60 * 32],
    ['video/mp4', 1_250_000, 10 * 263],
    ['application/pdf', 10, 258],
    ['application/pdf', 500_000, 10 * 258],
    ['image/heic', 1_000_000, 10 * 258],
    ['application/octet-stream', 300_000, 3 * 258],
    [undefined, 300_000, 3 * 258],
    ['image/png', 0, 0],
  ])('counts %s of %i bytes as %i tokens', (mimeType, bytes, tokens) => {
    expect(inlineDataTokens(mimeType, zeros(bytes))).toBe(tokens);
  });

  it('takes data for an image by what it begins with, if its type is not said', () => {
    expect(inlineDataTokens(undefined, png(1024, 1024))).toBe(4 * 258);
  });

  it.each(['text/plain; charset=utf-8', 'APPLICATION/JSON', 'application/ld+json'])(
    'counts a file of %s about as the text in it',
    (mimeType) => {
      const text = CODE['TypeScript'];
      const ratio = inlineDataTokens(mimeType, btoa(text)) / countTokens(text);
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.25);
    },
  );

  it('counts nothing if there are no data', () => {
    expect(inlineDataTokens('image/png', undefined)).toBe(0);
  });
});
