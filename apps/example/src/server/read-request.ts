import {
  createGenerateContentConfig,
  type GenerateContentConfig,
  HoldfastError,
  isHoldfastError,
  parseStreamingMode,
  StreamingMode,
} from '@holdfast/core';
import {
  checkIdentifier,
  checkInteger,
  describeType,
  type IntegerRange,
  invalidArgument,
  isPlainObject,
} from '@holdfast/core/internal';
import type { Context } from 'hono';
import type { MessageConfig } from '../api/wire.ts';

/** A message, checked. */
export interface CheckedMessage {
  readonly text: string;
  readonly eventId: string | undefined;
  readonly streamingMode: StreamingMode;
  readonly config: GenerateContentConfig;
}

const SETTINGS: readonly (keyof MessageConfig)[] = [
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
];

/** The JSON object in the body of a request. */
export async function readJsonBody(c: Context): Promise<Readonly<Record<string, unknown>>> {
  const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw invalidArgument('Content-Type', 'must be application/json');
  }
  return parseJsonObject(await c.req.text(), 'the body');
}

/** Refuses a body that says something, where nothing is asked. */
export async function checkNoBody(c: Context): Promise<void> {
  if ((await c.req.text()) === '') return;
  for (const field of Object.keys(await readJsonBody(c))) {
    throw invalidArgument(field, 'is not known here: the body must be empty, or {}');
  }
}

/** The JSON object that a text is. `what` names the text in errors. */
export function parseJsonObject(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HoldfastError('invalid_argument', { message: `${what} is not JSON`, cause });
  }
  if (isPlainObject(value)) return value;
  const message = `${what} must be a JSON object, got ${describeType(value)}`;
  throw new HoldfastError('invalid_argument', { message });
}

/** A message that came over HTTP. Bidi is not for it: that needs the WebSocket. */
export function checkMessage(body: Readonly<Record<string, unknown>>): CheckedMessage {
  const { streamingMode = 'sse', ...rest } = body;
  if (streamingMode !== 'none' && streamingMode !== 'sse') {
    throw invalidArgument('streamingMode', `must be 'none' or 'sse': 'bidi' is the WebSocket's`);
  }
  return checkFields(rest, parseStreamingMode(streamingMode));
}

/** A message that came over the WebSocket. */
export function checkSocketMessage(body: Readonly<Record<string, unknown>>): CheckedMessage {
  const { type: _, ...rest } = body;
  return checkFields(rest, StreamingMode.Bidi);
}

function checkFields(
  { text, eventId, config = {}, ...rest }: Readonly<Record<string, unknown>>,
  streamingMode: StreamingMode,
): CheckedMessage {
  for (const field of Object.keys(rest))
    throw invalidArgument(field, 'is not a field of a message');
  if (typeof text !== 'string') {
    throw invalidArgument('text', `must be a string, got ${describeType(text)}`);
  }
  if (text.trim() === '') throw invalidArgument('text', 'must not be empty');
  return {
    text,
    eventId: eventId === undefined ? undefined : checkIdentifier(eventId, 'eventId'),
    streamingMode,
    config: checkSettings(config),
  };
}

/** Only what a user may set. The instruction, the tools and the client are the agent's. */
function checkSettings(config: unknown): GenerateContentConfig {
  if (!isPlainObject(config)) {
    throw invalidArgument('config', `must be an object, got ${describeType(config)}`);
  }
  for (const field of Object.keys(config)) {
    if (!(SETTINGS as readonly string[]).includes(field)) {
      throw invalidArgument(`config.${field}`, `is none of ${SETTINGS.join(', ')}`);
    }
  }
  try {
    return createGenerateContentConfig(config);
  } catch (error) {
    if (!isHoldfastError(error) || error.path === undefined) throw error;
    throw new HoldfastError(error.code, {
      message: `config.${error.message}`,
      path: `config.${error.path}`,
      cause: error,
    });
  }
}

/** A query parameter that is an integer; undefined where it is missing. */
export function integerQuery(c: Context, range: IntegerRange): number | undefined {
  const text = c.req.query(range.path);
  return text === undefined ? undefined : parseInteger(text, range);
}

/** The integer that a text is, within a range. */
export function parseInteger(text: string, range: IntegerRange): number {
  return checkInteger(/^\d{1,16}$/u.test(text) ? Number(text) : text, range);
}
