import { HoldfastError } from '@holdfast/core';
import { queryOf, type SqlQuery, sql } from '@holdfast/sql';
import type { PreparedStatements } from './prepared-statements.ts';

interface RefusedSetting {
  readonly name: string;
  readonly query: SqlQuery;
  isRefused(value: string, database: { readonly isFile: boolean }): boolean;
  readonly reason: string;
}

const REFUSED: readonly RefusedSetting[] = [
  {
    name: 'encoding',
    query: queryOf(sql`PRAGMA encoding`)({}),
    isRefused: (value) => value !== 'UTF-8',
    reason: 'it must be UTF-8, as ids are ordered by their bytes',
  },
  {
    name: 'journal_mode',
    query: queryOf(sql`PRAGMA journal_mode`)({}),
    isRefused: (value, { isFile }) => value === 'off' || (value === 'memory' && isFile),
    reason: 'a call that fails, or a process that ends, would leave half of its changes',
  },
  {
    name: 'count_changes',
    query: queryOf(sql`PRAGMA count_changes`)({}),
    isRefused: (value) => value === '1',
    reason: 'a change would give rows, which drivers do not expect',
  },
];

/** `misconfigured` if a setting of the database or its connection would break a promise. */
export function refuseSettings(
  statements: PreparedStatements,
  database: { readonly isFile: boolean },
): void {
  for (const { name, query, isRefused, reason } of REFUSED) {
    const value = String(statements.read(query)[0]?.[0]);
    if (!isRefused(value, database)) continue;
    throw new HoldfastError('misconfigured', {
      message: `${name} of the database is ${value}: ${reason}`,
    });
  }
}
