/// <reference path="./driver-modules.d.ts" />
import { createRequire } from 'node:module';
import { HoldfastError } from '@holdfast/core';
import { checkChoice } from '@holdfast/core/internal';
import type { SqliteDatabase } from './sqlite-database.ts';

/** The drivers that `open` knows how to load. */
export const SQLITE_DRIVERS = ['node:sqlite', 'libsql', 'better-sqlite3'] as const;

export type SqliteDriverName = (typeof SQLITE_DRIVERS)[number];

/** Opens a file, or `:memory:`. */
export type OpenDatabase = (file: string) => SqliteDatabase;

type DatabaseClass = new (file: string) => SqliteDatabase;

/** From this version on, better-sqlite3 ends a process of Node 20 when it is loaded. */
const BETTER_SQLITE3_WITHOUT_NODE_20 = 13;

/**
 * The driver of that name, or the first that there is. `unsupported` if there is none,
 * with the package to install.
 */
export async function loadDriver(name?: SqliteDriverName): Promise<OpenDatabase> {
  const names =
    name === undefined
      ? SQLITE_DRIVERS
      : [checkChoice(name, { path: 'driver', choices: SQLITE_DRIVERS })];
  const causes: unknown[] = [];
  for (const each of names) {
    try {
      const Database = await load(each);
      return (file) => new Database(file);
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new HoldfastError('unsupported', {
    message:
      name === undefined
        ? 'there is no SQLite driver: use Node 22.13 or newer, or `npm install libsql`'
        : `the SQLite driver ${name} cannot be loaded: ${(causes[0] as Error).message}`,
    cause: causes.length === 1 ? causes[0] : new AggregateError(causes),
  });
}

async function load(name: SqliteDriverName): Promise<DatabaseClass> {
  switch (name) {
    case 'node:sqlite':
      return (await import('node:sqlite')).DatabaseSync;
    case 'libsql':
      return (await import('libsql')).default;
    case 'better-sqlite3':
      refuseCrash();
      return (await import('better-sqlite3')).default;
  }
}

/** A crash cannot be caught, so the version is looked at before the driver is loaded. */
function refuseCrash(): void {
  const [nodeVersion] = process.versions.node.split('.').map(Number);
  const { version } = createRequire(import.meta.url)('better-sqlite3/package.json');
  const [driverVersion] = String(version).split('.').map(Number);
  if ((nodeVersion ?? 0) < 22 && (driverVersion ?? 0) >= BETTER_SQLITE3_WITHOUT_NODE_20) {
    throw new HoldfastError('unsupported', {
      message: `better-sqlite3 ${version} needs Node 22, this is ${process.versions.node}`,
    });
  }
}
