import { checkString, invalidArgument } from '@holdfast/core/internal';
import { CUT } from './url-parameters.ts';

/** What URLs a driver takes. */
export interface UrlForms {
  /** The package of the driver. */
  readonly driver: string;
  /** What they may begin with, without the colon. The first one is what others are told to write. */
  readonly schemes: readonly [string, ...string[]];
  /** One that is complete, without its scheme: `//user:password@host/database`. */
  readonly example: string;
}

/**
 * `value`, if it begins as a URL for the driver does; otherwise `invalid_argument`, which says what
 * to write in place of a form that others use. What a message shows of a URL has no password in it.
 */
export function checkUrl(value: unknown, forms: UrlForms): string {
  const url = checkString(value, 'url');
  const [scheme] = /^[a-z][a-z0-9]*(?=:\/)/i.exec(url) ?? [''];
  if (!forms.schemes.includes(scheme.toLowerCase())) {
    throw invalidArgument('url', beginningProblem(url, forms));
  }
  // Without these, the driver would look up a part of the password as a host, or show it in an error.
  if (url.includes('#')) {
    throw invalidArgument('url', 'has a #: write %23 for one that is a part of it');
  }
  const [path = '', query = ''] = afterHost(url).split(/\?(.*)/s);
  if (path.includes('@') || Array.from(new URLSearchParams(query).keys()).some(hasAt)) {
    throw invalidArgument('url', CUT);
  }
  return url;
}

function beginningProblem(url: string, { driver, schemes, example }: UrlForms): string {
  const complete = `${schemes[0]}:${example}`;
  if (url.trim() === '') return `is empty, and must be a URL such as ${complete}`;
  if (/^\s/.test(url)) return 'begins with white space';
  const [, java] = /^(jdbc:[a-z0-9]+):/i.exec(url) ?? [];
  if (java !== undefined) return `begins with ${java}:, as in Java, and must be ${complete}`;
  const [, dialect = '', plugin] = /^([a-z0-9]+)\+([a-z0-9_]+):/i.exec(url) ?? [];
  if (plugin !== undefined && schemes.includes(dialect.toLowerCase())) {
    return `begins with ${dialect}+${plugin}:, as in SQLAlchemy: begin it with ${dialect}: alone`;
  }
  const [found] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url) ?? [];
  const choices = schemes.map((scheme) => `${scheme}:`).join(' or ');
  const taken = found === undefined ? 'has no scheme' : `begins with ${found}`;
  return `${taken}, and must begin with ${choices} for ${driver}, such as ${complete}`;
}

/** What stands behind the host: the path and the query. */
function afterHost(url: string): string {
  return url.replace(/^[a-z0-9]+:(?:\/\/[^/?]*)?/i, '');
}

function hasAt(name: string): boolean {
  return name.includes('@');
}
