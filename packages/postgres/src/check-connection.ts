import { HoldfastError } from '@holdfast/core';
import { readInteger, readText, type SqlResult, type Tables } from '@holdfast/sql';
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

// What the client, or a wrapper around it, must give as it is. None of them is in its usual form.
const INTEGER = 2 ** 31;
const TEXT = ' {"a": 1} ';
const PROBES = `CAST('${INTEGER}' AS bigint), CAST('${TEXT}' AS text)`;

/**
 * Asks a connection for the settings that a store depends on, and whether there are temporary
 * tables that hide the store's own. What is asked beside that shows whether answers come as they are.
 */
export function connectionCheck(tables: Tables): PostgresQuery {
  const text = `SELECT ${PROBES}, ${settings}, (
    SELECT string_agg(relname, ', ') FROM pg_catalog.pg_class
    WHERE relpersistence = 't' AND oid IN (
      SELECT pg_catalog.to_regclass(name) FROM unnest(CAST($1 AS text[])) AS row (name)))`;
  return { text, values: [Object.values(tables)] };
}

/**
 * `misconfigured` if the answer of a connection says that it cannot be used. What would be wrong with
 * the answer to a write is found out here, before there is one.
 */
export function checkConnection({ rows }: SqlResult): void {
  const [row = []] = rows;
  const [integer, text, ...values] = row;
  if (readInteger(integer) !== INTEGER || readText(text) !== TEXT) {
    throw new HoldfastError('misconfigured', {
      message: 'the client, or a wrapper around it, changes what PostgreSQL answers',
    });
  }
  for (const [i, name] of names.entries()) {
    if (values[i] === REQUIRED[name]) continue;
    throw new HoldfastError('misconfigured', {
      message: `the setting ${name} of the connection to PostgreSQL is ${values[i]}, and must be ${REQUIRED[name]}`,
    });
  }
  const hidden = values[names.length];
  if (hidden === null || hidden === undefined) return;
  throw new HoldfastError('misconfigured', {
    message: `a temporary table of the connection hides a table of this package: ${hidden}. Set the option schema, or drop it`,
  });
}
