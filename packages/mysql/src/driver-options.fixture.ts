import { type NetConnectOpts, Socket } from 'node:net';
import type { PoolOptions } from 'mysql2/promise';

/** An option of mysql2 that was tried, on a pool that is brought. */
export interface DriverOption {
  readonly driver: 'mysql2';
  readonly setting: string;
  /** The value, in words. */
  readonly tried: string;
  /** `harmless`: every call answers as over a pool without it. `refused`: with the code. */
  readonly effect: 'harmless' | 'refused';
  readonly code?: 'misconfigured';
  readonly config: PoolOptions;
}

type Trial = readonly [tried: string, value: unknown, refused?: DriverOption['code']];

class OwnPromise<T> extends Promise<T> {}

/** Every option of a connection and of a pool, for a server. */
function trialsAt(url: string): Readonly<Record<keyof PoolOptions, readonly Trial[]>> {
  const server = new URL(url);
  const port = Number(server.port || 3306);
  const target: NetConnectOpts = { host: server.hostname, port };
  return {
    // Which server.
    host: [['the host', server.hostname]],
    port: [
      ['the port', port],
      ['99999', 99_999, 'misconfigured'],
    ],
    // mysql2 makes no use of it.
    localAddress: [['anything', 'anything']],
    socketPath: [],
    user: [['the user', decodeURIComponent(server.username)]],
    password: [['the password', decodeURIComponent(server.password)]],
    password1: [['the password', decodeURIComponent(server.password)]],
    password2: [['a password that nobody asks for', 'second']],
    password3: [['a password that nobody asks for', 'third']],
    passwordSha1: [],
    database: [['the database', server.pathname.slice(1)]],
    uri: [['the URL', url]],
    // How a connection is made.
    ssl: [['an object, without TLS', { rejectUnauthorized: false }, 'misconfigured']],
    stream: [['a function', () => new Socket().connect(target)]],
    connectTimeout: [['20000', 20_000]],
    enableKeepAlive: [['false', false]],
    keepAliveInitialDelay: [['1', 1]],
    compress: [['true', true]],
    connectAttributes: [['an object', { of: 'mine' }]],
    insecureAuth: [['true', true]],
    authPlugins: [['an object', { unheard: () => () => '' }]],
    authSwitchHandler: [['a function', () => {}]],
    enableCleartextPlugin: [['true', true]],
    isServer: [],
    pool: [['something', {}]],
    charset: [
      ['utf8mb4_bin', 'utf8mb4_bin'],
      ['UTF8MB4_TURKISH_CI', 'UTF8MB4_TURKISH_CI'],
      ['UTF8_GENERAL_CI', 'UTF8_GENERAL_CI', 'misconfigured'],
      ['LATIN1_SWEDISH_CI', 'LATIN1_SWEDISH_CI', 'misconfigured'],
      ['BINARY', 'BINARY', 'misconfigured'],
    ],
    charsetNumber: [
      ['45, utf8mb4_general_ci', 45],
      ['8, latin1_swedish_ci', 8, 'misconfigured'],
    ],
    flags: [
      ['-FOUND_ROWS', ['-FOUND_ROWS']],
      ['FOUND_ROWS', ['FOUND_ROWS']],
      ['-IGNORE_SPACE', ['-IGNORE_SPACE']],
      ['-LOCAL_FILES', ['-LOCAL_FILES']],
      ['-LONG_PASSWORD', ['-LONG_PASSWORD']],
      ['-LONG_FLAG', ['-LONG_FLAG']],
      ['-ODBC', ['-ODBC']],
      ['-IGNORE_SIGPIPE', ['-IGNORE_SIGPIPE']],
      ['-TRANSACTIONS', ['-TRANSACTIONS']],
      ['-RESERVED', ['-RESERVED']],
      ['-SESSION_TRACK', ['-SESSION_TRACK']],
      ['-CONNECT_ATTRS', ['-CONNECT_ATTRS']],
      ['-CLIENT_QUERY_ATTRIBUTES', ['-CLIENT_QUERY_ATTRIBUTES']],
      ['-MULTI_STATEMENTS', ['-MULTI_STATEMENTS']],
      ['-MULTI_RESULTS', ['-MULTI_RESULTS']],
      ['-PLUGIN_AUTH', ['-PLUGIN_AUTH']],
      ['-PLUGIN_AUTH_LENENC_CLIENT_DATA', ['-PLUGIN_AUTH_LENENC_CLIENT_DATA']],
      ['-CONNECT_WITH_DB', ['-CONNECT_WITH_DB'], 'misconfigured'],
      ['-PROTOCOL_41', ['-PROTOCOL_41'], 'misconfigured'],
      ['-SECURE_CONNECTION', ['-SECURE_CONNECTION'], 'misconfigured'],
      ['INTERACTIVE', ['INTERACTIVE']],
      ['NO_SCHEMA', ['NO_SCHEMA']],
      ['PS_MULTI_RESULTS', ['PS_MULTI_RESULTS']],
      ['CAN_HANDLE_EXPIRED_PASSWORDS', ['CAN_HANDLE_EXPIRED_PASSWORDS']],
      ['DEPRECATE_EOF', ['DEPRECATE_EOF']],
      ['OPTIONAL_RESULTSET_METADATA', ['OPTIONAL_RESULTSET_METADATA']],
      ['REMEMBER_OPTIONS', ['REMEMBER_OPTIONS'], 'misconfigured'],
    ],
    // What is sent, and in which form it is answered.
    multipleStatements: [['true', true]],
    namedPlaceholders: [['true', true]],
    stringifyObjects: [['true', true]],
    queryFormat: [
      ['a function that fills in values', (text: string) => text],
      [
        'a function that changes each statement',
        (text: string) => text.replaceAll(/:\w+/g, 'NULL'),
        'misconfigured',
      ],
    ],
    rowsAsArray: [
      ['true', true],
      ['false', false],
    ],
    nestTables: [
      ['true', true],
      ['a separator', '_'],
    ],
    typeCast: [
      ['false', false],
      ['a function that gives a text', () => 'cast'],
      [
        'a function that gives numbers',
        (field: { string(): string | null }) => Number(field.string()),
      ],
    ],
    supportBigNumbers: [['true', true]],
    bigNumberStrings: [['true', true]],
    decimalNumbers: [['true', true]],
    dateStrings: [
      ['true', true],
      ['a list', ['DATE', 'DATETIME']],
    ],
    timezone: [['+05:45', '+05:45']],
    jsonStrings: [['true', true]],
    disableEval: [['true', true]],
    maxPreparedStatements: [['1', 1]],
    infileStreamFactory: [['a function', () => process.stdin]],
    debug: [],
    trace: [['false', false]],
    Promise: [['a class', OwnPromise]],
    // How connections are kept.
    connectionLimit: [
      ['1', 1],
      ['0, which is without end', 0],
    ],
    maxIdle: [['0', 0]],
    idleTimeout: [['1', 1]],
    queueLimit: [['1', 1]],
    waitForConnections: [['false', false]],
    resetOnRelease: [['true', true]],
    gracefulEnd: [['true', true]],
  };
}

/** Other options that make one of these what it is. */
const TOGETHER_WITH: Readonly<Record<string, PoolOptions>> = {
  bigNumberStrings: { supportBigNumbers: true },
};

/** All that is tried on the pool of a server. */
export function driverOptions(url: string): readonly DriverOption[] {
  return Object.entries(trialsAt(url)).flatMap(([setting, trials]) =>
    trials.map(([tried, value, code]) => ({
      driver: 'mysql2' as const,
      setting,
      tried,
      effect: code === undefined ? ('harmless' as const) : ('refused' as const),
      ...(code !== undefined && { code }),
      config: { ...TOGETHER_WITH[setting], [setting]: value },
    })),
  );
}
