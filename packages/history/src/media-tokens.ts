import { imageSize } from './image-size.ts';

// What Gemini documents: https://ai.google.dev/gemini-api/docs/tokens (images, audio, video) and
// https://ai.google.dev/gemini-api/docs/document-processing (pages, and the longest side).
/** An image of up to 384 x 384 pixels, a tile of a larger one, or a page of a PDF. */
const TILE_TOKENS = 258;
const ONE_TILE_SIDE = 384;
const TILE_SIDE = 768;
/** What is larger is scaled down to this. Documented for pages, and for images formerly. */
const LONGEST_SIDE = 3072;
const AUDIO_TOKENS_PER_SECOND = 32;
const VIDEO_TOKENS_PER_SECOND = 263;

// Assumptions, since the pages and the seconds of a file can't be read without decoding it.
const BYTES_PER_TILE = 100_000;
const BYTES_PER_PAGE = 50_000;
/** 16 bits, one channel, 16 kHz. */
const UNCOMPRESSED_AUDIO_BYTES_PER_SECOND = 32_000;
/** 64 kbit/s. */
const AUDIO_BYTES_PER_SECOND = 8_000;
/** 1 Mbit/s. */
const VIDEO_BYTES_PER_SECOND = 125_000;
const TEXT_BYTES_PER_TOKEN = 3.5;

const UNCOMPRESSED_AUDIO = /^audio\/(?:wav|x-wav|wave|vnd\.wave|l16|pcm|aiff|x-aiff|flac|x-flac)\b/;
const TEXT =
  /^text\/|^application\/(?:.*\+)?(?:json|xml|yaml|x-yaml|javascript|x-javascript|x-python)\b/;

/**
 * Estimates what a model counts for a file that stands in a part itself: `mimeType` and base64
 * `data`. Images are counted by their size in pixels; all else, and an image whose size can't be
 * read, by its length. What isn't known to be of another type counts as an image.
 */
export function inlineDataTokens(mimeType: unknown, data: unknown): number {
  if (typeof data !== 'string') return 0;
  const type = typeof mimeType === 'string' ? mimeType.toLowerCase() : '';
  const bytes = Math.ceil((data.length * 3) / 4);
  if (type.startsWith('audio/')) {
    const bytesPerSecond = UNCOMPRESSED_AUDIO.test(type)
      ? UNCOMPRESSED_AUDIO_BYTES_PER_SECOND
      : AUDIO_BYTES_PER_SECOND;
    return Math.ceil(bytes / bytesPerSecond) * AUDIO_TOKENS_PER_SECOND;
  }
  if (type.startsWith('video/')) {
    return Math.ceil(bytes / VIDEO_BYTES_PER_SECOND) * VIDEO_TOKENS_PER_SECOND;
  }
  if (type.startsWith('application/pdf')) return Math.ceil(bytes / BYTES_PER_PAGE) * TILE_TOKENS;
  if (TEXT.test(type)) return Math.ceil(bytes / TEXT_BYTES_PER_TOKEN);
  return imageTokens(data) ?? Math.ceil(bytes / BYTES_PER_TILE) * TILE_TOKENS;
}

/** A file that isn't here, so that its size isn't known: one image, or one page. */
export const FILE_DATA_TOKENS: number = TILE_TOKENS;

function imageTokens(data: string): number | undefined {
  const size = imageSize(data);
  if (size === undefined) return undefined;
  const { width, height } = size;
  if (width <= ONE_TILE_SIDE && height <= ONE_TILE_SIDE) return TILE_TOKENS;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return tiles(width * scale) * tiles(height * scale) * TILE_TOKENS;
}

/** How many tiles cover a side. */
function tiles(side: number): number {
  return Math.max(1, Math.ceil(side / TILE_SIDE));
}
