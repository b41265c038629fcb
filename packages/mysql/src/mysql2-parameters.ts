import { anyText, type ParameterForm, type UrlParameters } from '@holdfast/sql';

// mysql2 takes any other text for true, `no` as well.
const flag: ParameterForm = { pattern: /^(?:true|false|1|0)$/, words: 'true or false' };
const count: ParameterForm = { pattern: /^\d{1,9}$/, words: 'a number in digits' };

/** All that mysql2 takes from a URL. */
const READ: UrlParameters['read'] = {
  bigNumberStrings: flag,
  charset: anyText,
  charsetNumber: count,
  compress: flag,
  connectAttributes: { pattern: /^\{.*\}$/s, words: 'an object as JSON' },
  connectionLimit: count,
  connectTimeout: count,
  dateStrings: { pattern: /^(?:true|false|1|0|\[.*\])$/s, words: 'true, false or a list as JSON' },
  debug: { pattern: /^(?:true|false|1|0|\[.*\])$/s, words: 'true, false or a list as JSON' },
  decimalNumbers: flag,
  disableEval: flag,
  enableCleartextPlugin: flag,
  enableKeepAlive: flag,
  flags: anyText,
  gracefulEnd: flag,
  idleTimeout: count,
  insecureAuth: flag,
  jsonStrings: flag,
  keepAliveInitialDelay: count,
  localAddress: anyText,
  maxIdle: count,
  maxPreparedStatements: {
    pattern: /^0*[1-9]\d{0,8}$/,
    words: 'a number in digits, of at least 1',
  },
  multipleStatements: flag,
  namedPlaceholders: flag,
  nestTables: anyText,
  password1: anyText,
  password2: anyText,
  password3: anyText,
  queueLimit: count,
  rowsAsArray: flag,
  // It takes a number for a port of this machine.
  socketPath: { pattern: /[^\d\s"]/, words: 'the path of a socket' },
  ssl: anyText,
  stringifyObjects: flag,
  supportBigNumbers: flag,
  // A plus in a URL is a blank.
  timezone: {
    pattern: /^(?:local|Z|[ +-]\d\d:\d\d)$/,
    words: 'local, Z or an offset such as %2B02:00',
  },
  trace: flag,
  typeCast: flag,
  waitForConnections: flag,
};

/** What other tools write into URLs that people paste, with why it can be passed over. */
const HARMLESS: UrlParameters['harmless'] = {
  // Doctrine. The server tells its version.
  serverVersion: /^/,
  // No time depends on a time zone.
  serverTimezone: /^/,
  // Prisma. How long to wait, and for how many, is up to `acquireTimeout` and `maxConnections`.
  connect_timeout: /^/,
  connection_limit: /^/,
  pool_timeout: /^/,
  // Every connection speaks UTF-8.
  characterEncoding: /^utf-?8(?:mb4)?$/i,
  useUnicode: /^true$/i,
  // With these, it is right to connect without TLS.
  'ssl-mode': /^(?:disabled|preferred)$/i,
  sslMode: /^(?:disabled|preferred)$/i,
  sslmode: /^(?:disabled?|prefer(?:red)?)$/i,
  useSSL: /^false$/i,
};

/** What asks for TLS in other words: nothing is lost beside `ssl`, which says it to mysql2. */
const BESIDE_SSL: UrlParameters['harmless'] = {
  'ssl-mode': /^/,
  sslMode: /^/,
  sslaccept: /^strict$/,
  sslmode: /^/,
  useSSL: /^true$/i,
};

const TLS = 'write ssl={"rejectUnauthorized":true}, without which it connects without TLS';
const LOGIN = 'write it before the host: //user:password@host';
const SOCKET = 'write it as socketPath';
const NO_TEXT = 'what it takes under that name is not a text; bring a client';

/** What others read, and what mysql2 takes only from who calls it. */
const INSTEAD: UrlParameters['instead'] = {
  Promise: NO_TEXT,
  authPlugins: NO_TEXT,
  authSwitchHandler: NO_TEXT,
  database: 'write it behind the host: //host/database',
  host: 'write it behind mysql://',
  infileStreamFactory: NO_TEXT,
  isServer: 'it would not connect to a server',
  password: LOGIN,
  passwordSha1: NO_TEXT,
  pool: 'give the option maxConnections',
  port: 'write it behind the host',
  queryFormat: NO_TEXT,
  requireSSL: TLS,
  resetOnRelease: 'what a connection is set to would be lost',
  socket: SOCKET,
  socket_timeout: 'give the option callTimeout',
  'ssl-ca': 'write its text as the ca of ssl: ssl={"ca":"…"}',
  'ssl-mode': TLS,
  sslMode: TLS,
  sslaccept: TLS,
  sslca: 'write its text as the ca of ssl: ssl={"ca":"…"}',
  sslmode: TLS,
  stream: NO_TEXT,
  tls: TLS,
  unix_socket: SOCKET,
  uri: 'write a single URL',
  user: LOGIN,
  useSSL: TLS,
};

/** What mysql2 makes of the parameters of a URL. */
export function mysql2Parameters(url: URL): UrlParameters {
  const { hostname, port, pathname, username, searchParams } = url;
  const socketPath = searchParams.get('socketPath') ?? '';
  return {
    driver: 'mysql2',
    read: READ,
    harmless: asksForTls(searchParams) ? { ...HARMLESS, ...BESIDE_SSL } : HARMLESS,
    used: {
      host: hostname,
      port: port || '3306',
      database: pathname.slice(1),
      user: username,
      socket: socketPath,
      unix_socket: socketPath,
    },
    instead: INSTEAD,
  };
}

/** Whether `ssl` makes a connection with TLS: mysql2 reads it as JSON. */
function asksForTls(parameters: URLSearchParams): boolean {
  return !/^(?:|0|null|false|"")$/.test((parameters.get('ssl') ?? '').trim());
}
