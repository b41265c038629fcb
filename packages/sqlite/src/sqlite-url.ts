import { checkString, invalidArgument } from '@holdfast/core/internal';

const MEMORY = ':memory:';

/**
 * The file of a `sqlite:` URL, or `:memory:`. Forms that all who write them mean alike are taken.
 * `invalid_argument` for one that is not understood, or would open another file than is meant: it
 * says what it was taken for, and what to write instead.
 */
export function parseSqliteUrl(value: unknown, platform: string = process.platform): string {
  const url = checkString(value, 'url');
  const rest = /^sqlite:(.*)$/is.exec(url)?.[1];
  if (rest === undefined) throw invalidArgument('url', beginningProblem(url));
  const file = withoutHost(rest);
  const problem = fileProblem(file, platform);
  if (problem !== undefined) throw invalidArgument('url', problem);
  return file;
}

/** What stands behind the slashes that make a URL of a path. */
function withoutHost(rest: string): string {
  const [, slashes = '', path = ''] = /^(\/*)(.*)$/s.exec(rest) ?? [];
  if (slashes.length >= 2 && path === MEMORY) return MEMORY;
  switch (slashes.length) {
    case 0:
    case 1:
      return rest;
    // As @google/adk has it: what follows is the path. To a URL it would be a host.
    case 2:
      refuseHost(path);
      return path;
    case 3:
      refuseRelative(path);
      return isOfWindows(path) ? path : `/${path}`;
    // As SQLAlchemy has it.
    case 4:
      return `/${path}`;
    default:
      throw invalidArgument(
        'url',
        `has ${slashes.length} slashes before its path: write ${write(`/${path}`)}`,
      );
  }
}

function refuseHost(path: string): void {
  const [, host = ''] = /^([^/\\]*)/.exec(path) ?? [];
  if (host !== 'localhost' && !host.includes('@') && !/:\d+$/.test(host)) return;
  const here = 'a file has no server: write sqlite: and the path';
  throw invalidArgument(
    'url',
    `has ${host.replace(/.*@/, '')} where a server would stand, and ${here}`,
  );
}

/** With three slashes a path is absolute in a URL, and relative in SQLAlchemy. */
function refuseRelative(path: string): void {
  const isRelative = /^\.{1,2}(?:\/|$)/.test(path) || !/[/\\]/.test(path);
  if (path.trim() === '' || !isRelative) return;
  throw invalidArgument(
    'url',
    `would be /${path}, a file at the root: write ${write(path)} for one in the current folder, as ` +
      `SQLAlchemy takes it, or ${write(`/${path}`)} if the root is meant`,
  );
}

function fileProblem(file: string, platform: string): string | undefined {
  if (file === MEMORY) return undefined;
  if (file.trim() === '' || file === '/') {
    return `names no file: write sqlite:./chat.db, or sqlite:${MEMORY} for a database in memory`;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(file)) return 'has control characters in its path';
  if (file !== file.trim()) return 'has white space at the beginning or at the end of its path';
  const other = otherProblem(file);
  if (other !== undefined) return other;
  if (/^\/?~/.test(file)) return 'begins with ~, which only a shell knows: write the whole path';
  if (file.includes('?')) {
    return 'has a ?, and must have none: it takes no parameters, they are options of open';
  }
  const encoded = /%[0-9a-f]{2}/i.exec(file)?.[0];
  if (encoded !== undefined)
    return `has ${encoded}, and nothing is decoded: write the path as it is`;
  if (platform !== 'win32' && (isOfWindows(file) || file.includes('\\'))) {
    return 'is a path of Windows, and this is not Windows';
  }
  return undefined;
}

// Two letters at least: one is a drive of Windows.
const OTHER_URL = /^([a-z][a-z0-9+.-]+):/i;

function otherProblem(file: string): string | undefined {
  if (/^:?memory:?$/i.test(file)) {
    return `names a file ${file}: write sqlite:${MEMORY} for a database in memory, or sqlite:./memory`;
  }
  return OTHER_URL.test(file) ? beginningProblem(file) : undefined;
}

const EXAMPLE = 'such as sqlite:./chat.db';

function beginningProblem(url: string): string {
  if (url.trim() === '') return `is empty, and must be sqlite: and a file, ${EXAMPLE}`;
  if (url === MEMORY) return `is no URL: write sqlite:${MEMORY}`;
  const [, scheme = ''] = OTHER_URL.exec(url) ?? [];
  const rest = url.slice(scheme.length + 1);
  switch (scheme.toLowerCase()) {
    case '':
      return `must be sqlite: and a file, ${EXAMPLE}`;
    case 'file':
      return `begins with file:, and must begin with sqlite:, ${exampleOf(rest.replace(/^\/\/(?=\/)/, ''))}`;
    case 'sqlite3':
      return `begins with sqlite3:, and must begin with sqlite:, ${EXAMPLE}`;
    case 'jdbc':
      return `begins with jdbc:, as in Java, and must begin with sqlite:, ${exampleOf(rest.replace(/^sqlite:/i, ''))}`;
    case 'libsql':
    case 'http':
    case 'https':
    case 'ws':
    case 'wss':
      return `begins with ${scheme}:, and would be a server: this store keeps a file, ${EXAMPLE}`;
  }
  if (/^sqlite\+/i.test(scheme)) {
    return `begins with ${scheme}:, as in SQLAlchemy, and must begin with sqlite:, ${exampleOf(rest.replace(/^\/\/\/?/, ''))}`;
  }
  return `begins with ${scheme}:, and must begin with sqlite:, ${EXAMPLE}`;
}

/** What to write for a path of another form, without its parameters. */
function exampleOf(path: string): string {
  const [file = ''] = path.split('?');
  return file.trim() === '' ? EXAMPLE : `such as ${write(file)}`;
}

function write(file: string): string {
  return `sqlite:${file}`;
}

function isOfWindows(path: string): boolean {
  return /^[a-z]:(?:[\\/]|$)/i.test(path);
}
