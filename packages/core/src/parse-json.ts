import { setOwn } from './json.ts';

/**
 * `JSON.parse`, right on every engine.
 *
 * V8 from 13.6 (Node 24 and later) guesses the next key of an object from objects that it has
 * seen, and compares its guess with the text before it has looked for escapes: once
 * `{"p":0,"\\":1}` was parsed anywhere in the process, `{"p":0,"\"":1}` comes back with the key
 * `\`.
 */
export function parseJson(text: string): unknown {
  return guessesKeys ? parseWithoutGuesses(text) : JSON.parse(text);
}

/**
 * The same for an engine that guesses. A key that is guessed wrong always contains a backslash. So
 * only if a text has escapes is its value looked at, and only if a key with a backslash came out
 * is it read anew, key by key.
 */
export function parseWithoutGuesses(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!text.includes('\\') || !hasBackslashInKey(value)) return value;
  return new JsonReader(text).read();
}

const guessesKeys = findOutWhetherKeysAreGuessed();

function findOutWhetherKeysAreGuessed(): boolean {
  // Both are held until the end: the guess is lost with the first object.
  const objects = ['{"holdfast":0,"\\\\":1}', '{"holdfast":0,"\\"":1}'].map((text) =>
    JSON.parse(text),
  );
  return objects.map((object) => Object.keys(object)[1]).join('') !== '\\"';
}

function hasBackslashInKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasBackslashInKey);
  return Object.keys(value).some(
    (key) => key.includes('\\') || hasBackslashInKey((value as Record<string, unknown>)[key]),
  );
}

// A string, or any other scalar, or one of []{},: with the white space before it.
const token = /\s*("(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+)/y;

/** Reads a text that is known to be JSON, and leaves single strings and numbers to the engine. */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(first: string = this.#next()): unknown {
    if (first === '[') return this.#readArray();
    if (first === '{') return this.#readObject();
    return JSON.parse(first);
  }

  #readArray(): unknown[] {
    const array: unknown[] = [];
    for (let next = this.#next(); next !== ']'; next = this.#next()) {
      if (next !== ',') array.push(this.read(next));
    }
    return array;
  }

  #readObject(): object {
    const object = {};
    for (let next = this.#next(); next !== '}'; next = this.#next()) {
      if (next === ',') continue;
      const key = JSON.parse(next) as string;
      this.#next(); // the colon
      setOwn(object, key, this.read());
    }
    return object;
  }

  #next(): string {
    token.lastIndex = this.#at;
    const [, found = ''] = token.exec(this.#text) ?? [];
    this.#at = token.lastIndex;
    return found;
  }
}
