import { describeType, invalidArgument } from '@holdfast/core';

// Two letters at least: one is a drive of Windows.
const OTHER_URL = /^[a-z][a-z0-9+.-]+:/i;

/** The file of a `sqlite:` URL, or `:memory:`; `invalid_argument` if it is none. */
export function parseSqliteUrl(url: unknown): string {
  if (typeof url !== 'string') {
    throw invalidArgument('url', `must be a string, got ${describeType(url)}`);
  }
  const match = /^sqlite:(.*)$/is.exec(url);
  // Of two slashes, what follows would be a host; a third begins the path.
  const file = match?.[1]?.replace(/^\/\/(?=\/)/, '');
  if (file === undefined || file.trim() === '' || OTHER_URL.test(file)) {
    throw invalidArgument('url', 'must be sqlite: and a file, such as sqlite:./chat.db');
  }
  if (file.startsWith('//')) {
    throw invalidArgument('url', 'must have one slash or three before an absolute path');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f?]/.test(file)) {
    throw invalidArgument('url', 'must not have a ? or control characters: it takes no parameters');
  }
  return file;
}
