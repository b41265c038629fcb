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
const FORMS: Readonly<Record<string, RegExp>> = {
  cluster: /^true$/,
  connectionName: /^[!-~]+$/,
  db: /^\d{1,9}$/,
  family: /^[046]$/,
  password: /^/,
  protocol: /^[23]$/,
  username: /^/,
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
    if (form === undefined) {
      throw invalidArgument(
        'url',
        `must have no parameter ${JSON.stringify(name)}, but ${KNOWN}; bring a client for other options of ioredis`,
      );
    }
    if (found.has(name)) throw invalidArgument('url', `must say ${name} once`);
    if (!form.test(value)) throw invalidArgument('url', `has a ${name} of another form: ${form}`);
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

function one(name: string, [before, after]: readonly [string | undefined, string | undefined]) {
  if (before !== undefined && after !== undefined && before !== after) {
    throw invalidArgument('url', `must say one ${name}`);
  }
  return before ?? (after || undefined);
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
