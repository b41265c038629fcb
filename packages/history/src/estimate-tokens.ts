import type { Content } from '@holdfast/core';
import { FILE_DATA_TOKENS, inlineDataTokens } from './media-tokens.ts';
import { textTokens } from './text-tokens.ts';

/** The role, and what begins and ends a turn. */
const CONTENT_TOKENS = 4;
/** What separates a part from the next one. */
const PART_TOKENS = 1;
/** What a model is given around the name and the arguments of a call. */
const CALL_TOKENS = 6;

/**
 * Estimates how many tokens a model counts for a content, for budgets that need no exact number. It
 * never throws for JSON, whatever the parts are, and reads each text once. If the number has to be right,
 * give the tokenizer of your model instead, as `countTokens`.
 *
 * - **Text** is counted by what its characters are: Latin words by their length, digits by threes,
 *   signs, line ends and spaces by how many stand in a row, other scripts by tokens per character.
 *   The numbers are fitted to `o200k_base`, an encoding of OpenAI. Beside it, prose in 33 languages
 *   and code are within 25 %, and base64, ids, digits and blanks are at least at 60 %. Russian and
 *   Vietnamese come out high, Finnish, Hungarian and Swahili low. Characters of other scripts that
 *   are rare, or in random order, may come out at a third, and one character over and over at several
 *   times what it is. No other tokenizer was compared, Gemini's neither.
 * - **Calls and responses** count as their name and their JSON, anything else that isn't named here
 *   as its JSON. Metadata and the ids of calls count 0, since a model doesn't read them. So does what
 *   can't be written as JSON, for example because it is nested too deep.
 * - **`thoughtSignature`** counts 0: it is encrypted, so its length doesn't tell how much thinking it
 *   stands for. A provider may charge for it.
 * - **Images** count by their pixels, as Gemini documents it: 258 tokens for up to 384 x 384, and
 *   otherwise 258 for each tile of 768 x 768. From Gemini 3 on, an image has up to 1,120 tokens
 *   whatever its size, unless `mediaResolution` says otherwise: that is up to 4 times more, or less.
 * - **Audio** counts 32 tokens a second, **video** 263, **PDF** 258 a page (560 from Gemini 3 on).
 *   How many seconds or pages there are is guessed from the bytes, at 64 kbit/s (256 kbit/s if it is
 *   uncompressed), 1 Mbit/s and 50 kB a page: that may be several times off.
 * - **`fileData`** counts 258, as one small image: how large the file is isn't known here.
 *
 * A content costs 4 more, each of its parts 1, each call and response 6. The result is a whole
 * number, and another part always adds to it.
 *
 * @example
 * ```ts
 * estimateTokens({ role: 'user', parts: [{ text: 'Where is my order?' }] }); // 11
 * ```
 */
export function estimateTokens(content: Content): number {
  return CONTENT_TOKENS + partsTokens(fieldsOf(content)['parts'], fieldTokens);
}

function partsTokens(parts: unknown, count: typeof fieldTokens): number {
  if (!Array.isArray(parts)) return 0;
  let tokens = 0;
  for (const part of parts) {
    let partTokens = PART_TOKENS;
    for (const [field, value] of Object.entries(fieldsOf(part))) partTokens += count(field, value);
    tokens += Math.ceil(partTokens);
  }
  return tokens;
}

function fieldTokens(field: string, value: unknown): number {
  switch (field) {
    case 'text':
      return valueTokens(value);
    case 'functionCall': {
      const { name, args, partialArgs } = fieldsOf(value);
      return CALL_TOKENS + valueTokens(name) + valueTokens(args) + valueTokens(partialArgs);
    }
    case 'functionResponse': {
      const { name, response, parts } = fieldsOf(value);
      const tokens = CALL_TOKENS + valueTokens(name) + valueTokens(response);
      return tokens + partsTokens(parts, responseFieldTokens);
    }
    case 'inlineData': {
      const { mimeType, data } = fieldsOf(value);
      return inlineDataTokens(mimeType, data);
    }
    case 'fileData':
      return FILE_DATA_TOKENS;
    case 'thoughtSignature':
    case 'mediaResolution':
    case 'mediaProcessing':
    case 'videoMetadata':
    case 'speechMetadata':
    case 'partMetadata':
      return 0;
    default:
      // A number or a flag says how to read the part.
      return typeof value === 'object' ? valueTokens(value) : 0;
  }
}

/** A part of a response has no response in it, however deep such input may go. */
function responseFieldTokens(field: string, value: unknown): number {
  return field === 'functionResponse' ? valueTokens(value) : fieldTokens(field, value);
}

/** The fields of an object. What isn't one has none. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A string as text, anything else as JSON. */
function valueTokens(value: unknown): number {
  if (typeof value === 'string') return textTokens(value);
  try {
    // Undefined stays undefined.
    return textTokens(JSON.stringify(value) ?? '');
  } catch {
    return 0;
  }
}
