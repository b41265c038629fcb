import { invalidArgument } from '@holdfast/core/internal';

/** What the value of a parameter must be: as a pattern, and in words that follow "must be". */
export interface ParameterForm {
  readonly pattern: RegExp;
  readonly words: string;
}

/** What a driver makes of the parameters of a URL. */
export interface UrlParameters {
  /** The package of the driver. */
  readonly driver: string;
  /** All that it reads. */
  readonly read: Readonly<Record<string, ParameterForm>>;
  /** What it passes over, and nobody has to know: with such a value, nothing is lost by that. */
  readonly harmless: Readonly<Record<string, RegExp>>;
  /** What it passes over, and uses in place of it: the same value again changes nothing. */
  readonly used: Readonly<Record<string, string>>;
  /** What others write, and what to do instead: it ends a sentence. */
  readonly instead: Readonly<Record<string, string>>;
}

/** Of any value. */
export const anyText: ParameterForm = { pattern: /^/, words: 'any text' };

/**
 * `invalid_argument` if a URL says something to which its driver does not listen, such as where the
 * tables are, or has a value of which the driver would make something that nobody means. No message
 * shows a value: it may be a password.
 */
export function checkParameters(url: string, parameters: UrlParameters): void {
  const seen = new Map<string, string>();
  for (const [name, value] of queryOf(url)) {
    checkParameter({ name, value }, parameters);
    if ((seen.get(name) ?? value) !== value) {
      throw invalidArgument('url', `has the parameter ${name} twice, with different values`);
    }
    seen.set(name, value);
  }
}

/** A URL without parameters, the rest of it as it was written. */
export function withoutParameters(url: string, names: Readonly<Record<string, unknown>>): string {
  const [rest = '', query] = url.split(/\?(.*)/s);
  if (query === undefined) return url;
  const kept = query.split('&').filter((part) => {
    const [[name] = ['']] = new URLSearchParams(part);
    return !Object.hasOwn(names, name);
  });
  return `${rest}?${kept.join('&')}`;
}

function queryOf(url: string): URLSearchParams {
  // As in the parser of URLs, what surrounds one does not belong to it.
  const [, query = ''] = url.trimEnd().split(/\?(.*)/s);
  return new URLSearchParams(query);
}

function checkParameter(
  { name, value }: { readonly name: string; readonly value: string },
  { driver, read, harmless, used, instead }: UrlParameters,
): void {
  const form = own(read, name);
  if (form !== undefined) {
    if (form.pattern.test(value)) return;
    throw invalidArgument('url', `has the parameter ${name}, which must be ${form.words}`);
  }
  if (own(harmless, name)?.test(value) || own(used, name) === value) return;
  const advice = own(instead, name);
  if (advice === undefined && value.includes('@')) {
    throw invalidArgument('url', CUT);
  }
  throw invalidArgument(
    'url',
    `has the parameter ${name}, which ${driver} passes over: ${advice ?? `it reads ${Object.keys(read).sort().join(', ')}`}`,
  );
}

/** The rest of a password would be taken for parameters. */
export const CUT =
  'has an @ behind its host: in a user or password, write %2F for a /, %3F for a ? and %40 for an @';

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
