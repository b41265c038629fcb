import { checkInteger, describeType, invalidArgument } from '@holdfast/core/internal';
import type { Content, Event } from '@holdfast/session';
import { estimateTokens } from './estimate-tokens.ts';

/** How much of a history is wanted. Without any bound, all of it. */
export interface Budget {
  /** @default no bound */
  readonly maxEvents?: number | undefined;
  /**
   * By `countTokens`, with the responses that are made up for calls without one. What stands around
   * the history, such as the instruction and the tools, is not counted. @default no bound
   */
  readonly maxTokens?: number | undefined;
  /**
   * How many tokens a content is, by the tokenizer of the model. It is asked about each event that
   * may come in, once.
   *
   * @default estimateTokens
   */
  readonly countTokens?: ((content: Content) => number) | undefined;
  /** Bytes of the events as JSON, in UTF-8. @default no bound */
  readonly maxBytes?: number | undefined;
}

/** What some events take of a budget. */
export interface Size {
  readonly events: number;
  /** 0 if the budget has no `maxTokens`. */
  readonly tokens: number;
  /** 0 if the budget has no `maxBytes`. */
  readonly bytes: number;
}

export const NO_SIZE: Size = { events: 0, tokens: 0, bytes: 0 };

/** A budget that was checked. */
export interface Measure {
  readonly isBounded: boolean;
  /** Of an event, and of what is made up to go with it. */
  sizeOf(event: Event, madeUp: Content | undefined): Size;
  fits(size: Size): boolean;
}

const encoder = new TextEncoder();

export function measureFor({ maxEvents, maxTokens, countTokens, maxBytes }: Budget): Measure {
  const bounds = {
    events: checkBound(maxEvents, 'maxEvents'),
    tokens: checkBound(maxTokens, 'maxTokens'),
    bytes: checkBound(maxBytes, 'maxBytes'),
  };
  const count = tokenCounter(countTokens);
  return {
    isBounded: Object.values(bounds).some((bound) => bound !== Number.POSITIVE_INFINITY),
    sizeOf: (event, madeUp) => ({
      events: 1,
      tokens: maxTokens === undefined ? 0 : count(event) + count({ content: madeUp }),
      bytes: maxBytes === undefined ? 0 : encoder.encode(JSON.stringify(event)).length,
    }),
    fits: ({ events, tokens, bytes }) =>
      events <= bounds.events && tokens <= bounds.tokens && bytes <= bounds.bytes,
  };
}

export function addSizes(a: Size, b: Size): Size {
  return { events: a.events + b.events, tokens: a.tokens + b.tokens, bytes: a.bytes + b.bytes };
}

/** Counts the tokens of events; none in one without a content. */
export function tokenCounter(
  countTokens: Budget['countTokens'],
): (event: { readonly content?: Content | undefined }) => number {
  if (countTokens !== undefined && typeof countTokens !== 'function') {
    throw invalidArgument('countTokens', `must be a function, got ${describeType(countTokens)}`);
  }
  const count = countTokens ?? estimateTokens;
  return ({ content }) => {
    if (content === undefined || content === null) return 0;
    const tokens: unknown = count(content);
    if (typeof tokens === 'number' && tokens >= 0 && tokens < Number.POSITIVE_INFINITY) {
      return tokens;
    }
    throw invalidArgument('countTokens', `must give a number, got ${describeType(tokens)}`);
  };
}

function checkBound(value: unknown, path: string): number {
  return value === undefined ? Number.POSITIVE_INFINITY : checkInteger(value, { path, min: 0 });
}
