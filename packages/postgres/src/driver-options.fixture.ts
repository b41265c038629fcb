import { Socket } from 'node:net';
import pg from 'pg';

/** An option of `pg` that was tried, on a pool that is brought. */
export interface DriverOption {
  readonly driver: 'pg';
  readonly setting: string;
  /** The value, in words. */
  readonly tried: string;
  /** `harmless`: every call answers as over a pool without it. `refused`: with the code. */
  readonly effect: 'harmless' | 'refused';
  readonly code?: 'invalid_argument' | 'misconfigured';
  /** Of a pool, or of all that are made later. */
  readonly config: pg.PoolConfig;
  readonly defaults: Readonly<Record<string, unknown>>;
}

type Trial = readonly [tried: string, value: unknown, refused?: DriverOption['code']];

/** Which server it is, in options that a trial can replace: those of a URL come first. */
export function serverOptions(url: string) {
  const server = new URL(url);
  return {
    host: server.hostname,
    port: Number(server.port || 5432),
    user: decodeURIComponent(server.username),
    password: decodeURIComponent(server.password) || undefined,
    database: server.pathname.slice(1),
  };
}

/** A parser for every type of an answer. */
function parseWith(parse: (text: string) => unknown): pg.CustomTypesConfig {
  return { getTypeParser: () => parse } as unknown as pg.CustomTypesConfig;
}

class OwnClient extends pg.Client {}
class OwnPromise<T> extends Promise<T> {}

/** What the types of `pg` do not know, and `pg` does. */
type Unlisted = 'binary' | 'replication' | 'scramMaxIterations' | 'poolSize';

type OptionName = keyof pg.PoolConfig | Unlisted;

/** Every option of a client and of a pool, for a server. */
function trialsAt(url: string): Readonly<Record<OptionName, readonly Trial[]>> {
  const { host, port, user, password, database } = serverOptions(url);
  return {
    host: [['the host', host]],
    port: [
      ['the port', port],
      ['99999', 99_999, 'misconfigured'],
    ],
    user: [['the user', user]],
    database: [
      ['the database', database],
      ['another', 'none of this name', 'misconfigured'],
    ],
    password: [['a function', () => password ?? 'none']],
    connectionString: [['the URL', url]],
    // How a connection is made.
    ssl: [
      ['false', false],
      ['true, without TLS', true, 'misconfigured'],
    ],
    sslnegotiation: [['postgres', 'postgres']],
    enableChannelBinding: [['true', true]],
    scramMaxIterations: [['100000', 100_000]],
    stream: [['a function', () => new Socket()]],
    connectionTimeoutMillis: [['20000', 20_000]],
    keepAlive: [
      ['true', true],
      ['false', false],
    ],
    keepAliveInitialDelayMillis: [['1', 1]],
    application_name: [["a name with ' in it", "it's"]],
    fallback_application_name: [['a name', 'fallback']],
    replication: [
      ['false', 'false'],
      ['database', 'database', 'misconfigured'],
    ],
    options: [['-c …', '-c IntervalStyle=iso_8601 -c bytea_output=escape -c DateStyle=SQL']],
    client_encoding: [
      ['utf-8', 'utf-8'],
      // It sends what it has in UTF-8, and says so, whatever this is.
      ['LATIN1', 'LATIN1'],
    ],
    // How long something takes.
    statement_timeout: [['20000', 20_000]],
    query_timeout: [['20000', 20_000]],
    lock_timeout: [['20000', 20_000]],
    idle_in_transaction_session_timeout: [['20000', 20_000]],
    // What is answered, and how it is asked for.
    types: [
      ['parsers that give BigInt', parseWith((text) => (/^\d+$/.test(text) ? BigInt(text) : text))],
      ['parsers that give numbers', parseWith(Number)],
      ['parsers that give dates', parseWith((text) => new Date(text))],
      ['parsers that give a Buffer', parseWith((text) => Buffer.from(text))],
      ['parsers that give an object', parseWith((text) => ({ text }))],
      ['parsers that give nothing', parseWith(() => undefined)],
      [
        'parsers that fail',
        parseWith(() => {
          throw new Error('not this one');
        }),
      ],
    ],
    binary: [['true', true, 'invalid_argument']],
    pipeline: [['true', true]],
    Promise: [['a class', OwnPromise]],
    // How connections are kept.
    max: [['1', 1]],
    poolSize: [['1', 1]],
    min: [['1', 1]],
    maxUses: [['1', 1]],
    maxLifetimeSeconds: [['1', 1]],
    idleTimeoutMillis: [
      ['1', 1],
      ['null', null],
    ],
    allowExitOnIdle: [['true', true]],
    Client: [['a class', OwnClient]],
    onConnect: [
      [
        'a function that sets something',
        (client: pg.Client) => client.query('SET DateStyle = SQL'),
      ],
    ],
    verify: [['a function', (_: unknown, done: () => void) => done()]],
    log: [['a function', () => {}]],
  };
}

type OfDefaultsAlone = Exclude<keyof pg.Defaults, OptionName>;

/** What `pg.defaults` has beside that. */
const DEFAULTS: Readonly<Record<OfDefaultsAlone | 'binary' | 'rows', readonly Trial[]>> = {
  parseInt8: [['true', true]],
  parseInputDatesAsUTC: [['true', true]],
  binary: [['true', true, 'misconfigured']],
  rows: [['1', 1]],
  poolIdleTimeout: [['1', 1]],
  reapIntervalMillis: [['1', 1]],
};

function trialsOf(
  options: Readonly<Record<string, readonly Trial[]>>,
  of: 'config' | 'defaults',
): readonly DriverOption[] {
  return Object.entries(options).flatMap(([name, trials]) =>
    trials.map(([tried, value, code]) => ({
      driver: 'pg' as const,
      setting: of === 'config' ? name : `defaults.${name}`,
      tried,
      effect: code === undefined ? ('harmless' as const) : ('refused' as const),
      ...(code !== undefined && { code }),
      config: of === 'config' ? { [name]: value } : {},
      defaults: of === 'defaults' ? { [name]: value } : {},
    })),
  );
}

/** All that is tried on the pool of a server. */
export function driverOptions(url: string): readonly DriverOption[] {
  return [...trialsOf(trialsAt(url), 'config'), ...trialsOf(DEFAULTS, 'defaults')];
}
