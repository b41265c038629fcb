import { checkIdentifier, invalidArgument, utf8ByteLength } from '@holdfast/core/internal';
import type { SqlDialect } from './sql-dialect.ts';

/** Where the tables are. */
export interface TableOptions {
  /** The schema, for a database that has them. @default the connection's own */
  readonly schema?: string | undefined;
  /** What the names of tables and indexes begin with. @default 'holdfast_' */
  readonly tablePrefix?: string | undefined;
}

/** The tables of one store, quoted and with their schema. */
export interface Tables {
  readonly sessions: string;
  readonly events: string;
  readonly state: string;
  readonly labels: string;
  readonly migrations: string;
}

/** The tables of a store, and how its database speaks of them. */
export interface Schema {
  readonly dialect: SqlDialect;
  readonly tables: Tables;
  readonly tablePrefix: string;
  /** The database's schema that they are in; undefined: the connection's own. */
  readonly schema: string | undefined;
}

// An index has the prefix, too, and PostgreSQL cuts names at 63 bytes.
const TABLE_PREFIX = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;
const LONGEST_SCHEMA_BYTES = 63;

/** Checks where the tables are; `invalid_argument` if an option cannot be part of a name. */
export function schemaOf(options: TableOptions & { readonly dialect: SqlDialect }): Schema {
  const { dialect, schema, tablePrefix = 'holdfast_' } = options;
  if (typeof tablePrefix !== 'string' || !TABLE_PREFIX.test(tablePrefix)) {
    throw invalidArgument(
      'tablePrefix',
      'must be 1 to 32 letters, digits or underscores, and not begin with a digit',
    );
  }
  if (schema !== undefined) checkSchemaName(schema);
  const home = schema === undefined ? '' : `${dialect.quote(schema)}.`;
  const name = (table: string) => home + dialect.quote(tablePrefix + table);
  const tables: Tables = {
    sessions: name('sessions'),
    events: name('events'),
    state: name('state'),
    labels: name('labels'),
    migrations: name('migrations'),
  };
  return { dialect, tables, tablePrefix, schema };
}

function checkSchemaName(schema: string): void {
  checkIdentifier(schema, 'schema');
  // PostgreSQL cuts a longer name, so that two of them may become one.
  if (/[?"`\\]/.test(schema) || utf8ByteLength(schema) > LONGEST_SCHEMA_BYTES) {
    throw invalidArgument(
      'schema',
      `must be at most ${LONGEST_SCHEMA_BYTES} bytes without quotes, ? or \\`,
    );
  }
}
