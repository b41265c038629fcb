import { HoldfastError } from '@holdfast/core';
import type { SqlResult, Tables } from '@holdfast/sql';
import type { PostgresQuery } from './compose-statements.ts';

/**
 * Settings that decide whether what is stored is what was given, and that no statement can set for
 * itself.
 */
const REQUIRED = {
  // What a client sends and gets is UTF-8, and would be read and kept as something else.
  client_encoding: 'UTF8',
  server_encoding: 'UTF8',
  // A duplicate key is an answer to us, and not the end of the connection.
  exit_on_error: 'off',
} as const;

const names = Object.keys(REQUIRED) as (keyof typeof REQUIRED)[];
const settings = names.map((name) => `pg_catalog.current_setting('${name}')`).join(', ');

/**
 * Asks a connection for the settings that a store depends on, and whether there are temporary
 * tables that hide the store's own.
 */
export function connectionCheck(tables: Tables): PostgresQuery {
  const text = `SELECT ${settings}, (
    SELECT string_agg(relname, ', ') FROM pg_catalog.pg_class
    WHERE relpersistence = 't' AND oid IN (
      SELECT pg_catalog.to_regclass(name) FROM unnest(CAST($1 AS text[])) AS row (name)))`;
  return { text, values: [Object.values(tables)] };
}

/** `misconfigured` if the answer of a connection says that it cannot be used. */
export function checkConnection({ rows }: SqlResult): void {
  const [row = []] = rows;
  for (const [i, name] of names.entries()) {
    if (row[i] === REQUIRED[name]) continue;
    throw new HoldfastError('misconfigured', {
      message: `the setting ${name} of the connection to PostgreSQL is ${row[i]}, and must be ${REQUIRED[name]}`,
    });
  }
  const hidden = row[names.length];
  if (hidden === null || hidden === undefined) return;
  throw new HoldfastError('misconfigured', {
    message: `a temporary table of the connection hides a table of this package: ${hidden}. Set the option schema, or drop it`,
  });
}
