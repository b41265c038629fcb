import { isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A SQLite file beside the app, from wherever it is started. */
export const defaultStoreUrl = `sqlite:${fileURLToPath(new URL('../../data/chat.db', import.meta.url))}`;

/** What stands before the first colon, in lower case; undefined where there is none. */
export function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z\d+.-]*):/iu.exec(url)?.[1]?.toLowerCase();
}

// One slash begins an absolute path, or three, if it has a folder. What looks like another URL is
// none. The store says what is wrong with what is left.
const SQLITE_FILE =
  /^sqlite:(?:\/\/(?=\/[^/.][^/]*\/))?((?!\/\/|:memory:$|[a-z][a-z\d+.-]+:)[^?]+)$/isu;

/** The absolute path that a `sqlite:` URL names; undefined for one in memory, or no path at all. */
export function sqliteFileOf(url: string): string | undefined {
  const path = SQLITE_FILE.exec(url)?.[1];
  return path === undefined ? undefined : resolve(path);
}

/** The URL with an absolute path where it names a file, whose path begins in `folder`. */
export function absoluteStoreUrl(url: string, folder: string): string {
  const path = SQLITE_FILE.exec(url)?.[1];
  return path === undefined ? url : `sqlite:${resolve(folder, path)}`;
}

/** Whether nothing is kept. */
export function isInMemory(url: string): boolean {
  return schemeOf(url) === 'memory' || /^sqlite:(?:\/\/\/?)?:memory:$/iu.test(url);
}

/**
 * A store as a person may read it: the file, or the server and the database. The user, the
 * password and all parameters are left out. Undefined where that cannot be told apart. A file
 * below `folder` is described from there.
 */
export function describeStoreUrl(url: string, folder: string): string | undefined {
  const file = sqliteFileOf(url);
  if (file !== undefined) return describeFile(file, folder);
  if (!/^[a-z]+:\/\//iu.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, host, pathname, search, hash } = new URL(url);
  // An unescaped slash, ? or # in a password: what looks like the host is a part of it.
  if (`${pathname}${search}${hash}`.includes('@')) return undefined;
  return `${protocol}//${host}${pathname}`;
}

function describeFile(file: string, folder: string): string {
  const path = relative(folder, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
