/// <reference path="./driver-modules.d.ts" />
import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { checkChoice } from '@holdfast/core/internal';
import { driverExport, driverLoadError } from '@holdfast/session/store';
import type { SqliteDatabase } from './sqlite-database.ts';

/** The drivers that `open` knows how to load. */
export const SQLITE_DRIVERS = ['bun:sqlite', 'node:sqlite', 'libsql', 'better-sqlite3'] as const;

export type SqliteDriverName = (typeof SQLITE_DRIVERS)[number];

/** Opens a file, or `:memory:`. */
export type OpenDatabase = (file: string) => SqliteDatabase;

type DatabaseClass = new (file: string) => SqliteDatabase;

/**
 * The driver of that name, or the first that can be loaded. `unsupported` if there is none, with
 * the package to install; `misconfigured` if one is there and cannot be loaded.
 */
export async function loadDriver(name?: SqliteDriverName): Promise<OpenDatabase> {
  if (name !== undefined) {
    return await load(checkChoice(name, { path: 'driver', choices: SQLITE_DRIVERS }));
  }
  const errors: unknown[] = [];
  for (const each of SQLITE_DRIVERS) {
    try {
      return await load(each);
    } catch (error) {
      errors.push(error);
    }
  }
  const broken = errors.find((error) => isHoldfastError(error, 'misconfigured'));
  if (broken !== undefined) throw broken;
  throw new HoldfastError('unsupported', {
    message: 'there is no SQLite driver: use Node 22.13 or newer, or `npm install libsql`',
    cause: new AggregateError(errors),
  });
}

async function load(name: SqliteDriverName): Promise<OpenDatabase> {
  const Database = await loadClass(name);
  return (file) => new Database(file);
}

/**
 * Bundlers take an import for optional if it stands in a `try` of its own. The binding of a driver
 * is a file that webpack cannot take in, so it leaves those imports as they are.
 */
async function loadClass(name: SqliteDriverName): Promise<DatabaseClass> {
  switch (name) {
    case 'bun:sqlite':
      return builtIn<{ Database: DatabaseClass }>(name, 'needs Bun 1.2.23 or newer').Database;
    case 'node:sqlite':
      return builtIn<{ DatabaseSync: DatabaseClass }>(name, 'needs Node 22.13 or newer')
        .DatabaseSync;
    case 'libsql':
      try {
        return driverExport(await import(/* webpackIgnore: true */ 'libsql'), 'default');
      } catch (cause) {
        throw driverLoadError(name, cause);
      }
    case 'better-sqlite3':
      try {
        return loadBinding(
          driverExport(await import(/* webpackIgnore: true */ 'better-sqlite3'), 'default'),
        );
      } catch (cause) {
        throw isHoldfastError(cause) ? cause : driverLoadError(name, cause);
      }
  }
}

/**
 * A module of the runtime. It is asked for by its name, not imported: some bundlers and test
 * runners refuse an import that begins with `bun:`, or that they do not know yet.
 */
function builtIn<Module>(name: string, missing: string): Module {
  const found = process.getBuiltinModule?.(name);
  if (found !== undefined) return found as Module;
  throw new HoldfastError('unsupported', { message: `the driver ${name} ${missing}` });
}

/**
 * better-sqlite3 loads its binding when it opens its first database. From version 13 on, that ends
 * a process of Node 20, and a crash cannot be caught. Its version is only in its `package.json`,
 * which a bundle does not have; but that version has brought `explain`.
 */
function loadBinding(Database: DatabaseClass): DatabaseClass {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < 22 && 'explain' in Database.prototype) {
    const message = `the driver better-sqlite3 needs Node 22 from its version 13 on, and this is ${node}`;
    throw new HoldfastError('unsupported', { message });
  }
  new Database(':memory:').close();
  return Database;
}
