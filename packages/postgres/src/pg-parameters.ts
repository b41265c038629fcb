import { anyText, type ParameterForm, type UrlParameters } from '@holdfast/sql';

const milliseconds: ParameterForm = {
  pattern: /^\d{1,9}$/,
  words: 'a number of ms in digits, up to 999999999',
};

/** All that `pg` takes from a URL: what it passes on to the server, and what it is set to itself. */
const READ: UrlParameters['read'] = {
  application_name: anyText,
  client_encoding: anyText,
  fallback_application_name: anyText,
  host: anyText,
  idle_in_transaction_session_timeout: milliseconds,
  lock_timeout: milliseconds,
  options: anyText,
  password: anyText,
  port: { pattern: /^\d*$/, words: 'a port from 1 to 65535, in digits' },
  // A timer takes 0 for a moment, and not for none.
  query_timeout: {
    pattern: /^0*[1-9]\d{0,8}$/,
    words: 'a number of ms in digits, from 1 to 999999999; without it there is no timeout',
  },
  replication: anyText,
  // It takes any other text for yes, `false` as well, and throws where nothing can catch it.
  ssl: {
    pattern: /^(?:1|true|0|no-verify)$/,
    words: 'true or no-verify; write sslmode=disable for a connection without TLS',
  },
  sslcert: anyText,
  sslkey: anyText,
  sslmode: {
    pattern: /^(?:disable|prefer|require|verify-ca|verify-full|no-verify)$/,
    words: 'disable, prefer, require, verify-ca, verify-full or no-verify',
  },
  sslrootcert: anyText,
  statement_timeout: milliseconds,
  uselibpqcompat: { pattern: /^(?:true|false)$/, words: 'true or false' },
  user: anyText,
};

const { host: _, ...READ_BESIDE_HOST } = READ;

/** Of `socket:` alone, which has its host as its path. */
const READ_OF_SOCKET: UrlParameters['read'] = {
  ...READ_BESIDE_HOST,
  db: anyText,
  encoding: anyText,
};

/** What providers and other tools write into URLs that people paste, with why it can be passed over. */
const HARMLESS: UrlParameters['harmless'] = {
  // Neon. The server proves itself by its certificate: `sslmode` says how strictly.
  channel_binding: /^(?:disable|prefer|require)$/,
  // Neon, Vercel and Prisma. How long to wait, and for how many, is up to `acquireTimeout` and
  // `maxConnections`.
  connect_timeout: /^/,
  connection_limit: /^/,
  pool_timeout: /^/,
  // Supabase and Prisma. A connection that loses what was prepared is noticed.
  pgbouncer: /^/,
  // Supabase, in the settings of Vercel.
  supa: /^/,
  workaround: /^/,
  // Every connection is kept alive, and speaks UTF-8.
  encoding: /^(?:utf-?8|unicode)$/i,
  keepalives: /^/,
  keepalives_count: /^/,
  keepalives_idle: /^/,
  keepalives_interval: /^/,
  tcp_user_timeout: /^/,
  // What `pg` does anyway.
  gssencmode: /^(?:disable|prefer)$/,
  sslcompression: /^0$/,
  sslsni: /^1$/,
  target_session_attrs: /^any$/,
};

const SCHEMA = 'give the option schema, or write options=-c%20search_path%3Dname';
const DATABASE = 'write it behind the host: //host/database';
const PREPARED = 'give the option preparedStatements';
const CONNECTIONS = 'give the option maxConnections';

/** What others read. */
const INSTEAD: UrlParameters['instead'] = {
  currentSchema: SCHEMA,
  database: DATABASE,
  dbname: DATABASE,
  host: 'write it as the path of socket:',
  hostaddr: 'write it as the host',
  max: CONNECTIONS,
  passfile: 'set PGPASSFILE in the environment',
  pool: CONNECTIONS,
  prepareThreshold: PREPARED,
  prepared_statements: PREPARED,
  schema: SCHEMA,
  search_path: SCHEMA,
  service: 'write out what it stands for',
  socket_timeout: 'give the option callTimeout',
  sslaccept: 'write sslmode=verify-full, or sslmode=no-verify',
  statement_cache_size: PREPARED,
  target_session_attrs: 'it connects to one host; name the primary, and leave this out',
  tls: 'write sslmode=verify-full',
};

/** What `pg` makes of a URL. */
export interface PgTarget {
  readonly host: string;
  readonly database?: string | undefined;
  /** An older version of `pg` does not have it, and would connect without TLS. */
  readonly sslNegotiation?: string | undefined;
}

/** What `pg` makes of the parameters of a URL. */
export function pgParameters(
  url: string,
  { host, database, sslNegotiation }: PgTarget,
): UrlParameters {
  const read = /^socket:/i.test(url) ? READ_OF_SOCKET : READ;
  return {
    driver: 'pg',
    read: sslNegotiation === undefined ? read : { ...read, sslnegotiation: anyText },
    harmless: HARMLESS,
    used: { host, hostaddr: host, database: database ?? '', dbname: database ?? '' },
    instead: INSTEAD,
  };
}
