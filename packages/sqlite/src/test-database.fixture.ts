import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';
import type { SqliteDatabase } from './sqlite-database.ts';
import { loadDriver, SQLITE_DRIVERS, type SqliteDriverName } from './sqlite-driver.ts';

// A slow machine is not a broken store. The runner of Bun is told when it is started.
vi.setConfig?.({ testTimeout: 60_000, hookTimeout: 60_000 });

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Whether `node:sqlite` is there, and better-sqlite3 can be loaded. */
export const hasAllDrivers = major > 22 || (major === 22 && minor >= 13);

/** Whether this is Bun, which runs these tests with its own driver: see `bun.test.ts`. */
export const isBun = process.versions['bun'] !== undefined;

/** The drivers that are tested on this runtime. */
export const drivers: readonly SqliteDriverName[] = driversOfRuntime();

function driversOfRuntime(): readonly SqliteDriverName[] {
  if (isBun) return ['bun:sqlite'];
  if (!hasAllDrivers) return ['libsql'];
  // What another run tests need not be tested again.
  const others = process.env['HOLDFAST_SKIPPED_DRIVERS']?.split(',') ?? [];
  return SQLITE_DRIVERS.filter((name) => name !== 'bun:sqlite' && !others.includes(name));
}

/** The driver for what does not depend on it. */
export const anyDriver: SqliteDriverName = isBun ? 'bun:sqlite' : 'libsql';

/** A folder that is removed after the tests of the file. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-sqlite-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A database as a caller opens it. */
export async function openDatabase(
  file: string,
  driver: SqliteDriverName = anyDriver,
): Promise<SqliteDatabase> {
  const open = await loadDriver(driver);
  return open(file);
}

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The same database, with an eye on each statement before it runs; what that throws, it throws. */
export function observe(
  database: SqliteDatabase,
  before: (statement: Statement) => void,
): SqliteDatabase {
  return {
    prepare(text) {
      const statement = database.prepare(text);
      return {
        all(...values) {
          before({ text, values });
          return statement.all(...values);
        },
        get(...values) {
          before({ text, values });
          return statement.get(...values);
        },
        run(...values) {
          before({ text, values });
          return statement.run(...values);
        },
        ...(statement.raw && { raw: (toggle: boolean) => statement.raw?.(toggle) }),
        ...(statement.values && {
          values(...values) {
            before({ text, values });
            return statement.values?.(...values) ?? [];
          },
          finalize: () => statement.finalize?.(),
        }),
        ...(statement.setReturnArrays && {
          setReturnArrays: (enabled: boolean) => statement.setReturnArrays?.(enabled),
        }),
      };
    },
    exec(text) {
      before({ text, values: [] });
      return database.exec(text);
    },
    close: () => database.close(),
  };
}
