import { invalidArgument } from '@holdfast/core/internal';

/** What the parameters of a URL say, and the user and password before its host. */
export interface UrlParameters {
  readonly isCluster: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number | undefined;
  readonly family: number | undefined;
  readonly connectionName: string | undefined;
  readonly protocol: 2 | 3 | undefined;
}

// Those of ioredis that say which server, and who asks. It takes each option as text, also those
// that mean nothing as text, such as `tls=false`.
const FORMS: Readonly<Record<string, readonly [pattern: RegExp, words: string]>> = {
  cluster: [/^true$/, 'true'],
  connectionName: [/^[!-~]+$/, 'letters, digits and signs of ASCII, without blanks'],
  db: [/^\d{1,9}$/, 'the number of a database, in digits'],
  family: [/^[046]$/, '4 or 6, or 0 for both'],
  password: [/^/, 'any text'],
  protocol: [/^[23]$/, '2 or 3'],
  username: [/^/, 'any text'],
};

const TLS = 'begin the URL with rediss:// for TLS';

/** What others write, and what to do instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  keyPrefix: 'give the option keyPrefix',
  ssl: TLS,
  tls: TLS,
};

const KNOWN = Object.keys(FORMS).join(', ');

/** Reads the parameters of a URL. `login` is what stands before its host. */
export function parseParameters(
  query: string | undefined,
  login: Pick<UrlParameters, 'username' | 'password'>,
): UrlParameters {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const form = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
    if (form === undefined) throw unknownParameter(name);
    const [pattern, words] = form;
    if (found.has(name)) throw invalidArgument('url', `must say ${name} once`);
    if (!pattern.test(value)) {
      throw invalidArgument('url', `has the parameter ${name}, which must be ${words}`);
    }
    found.set(name, value);
  }
  return {
    isCluster: found.has('cluster'),
    username: one('username', [login.username, found.get('username')]),
    password: one('password', [login.password, found.get('password')]),
    db: numberOf(found.get('db')),
    family: numberOf(found.get('family')),
    connectionName: found.get('connectionName'),
    protocol: numberOf(found.get('protocol')) as 2 | 3 | undefined,
  };
}

function unknownParameter(name: string) {
  const advice = Object.hasOwn(INSTEAD, name)
    ? INSTEAD[name]
    : 'bring a client for other options of ioredis';
  return invalidArgument(
    'url',
    `must have no parameter ${JSON.stringify(name)}, but ${KNOWN}; ${advice}`,
  );
}

function one(name: string, [before, after]: readonly [string | undefined, string | undefined]) {
  if (before !== undefined && after !== undefined && before !== after) {
    throw invalidArgument('url', `must say one ${name}`);
  }
  return before ?? (after || undefined);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
