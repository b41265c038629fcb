import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';
import { schemeOf, sqliteFileOf } from './store-url.ts';

export interface OpenSessionServiceOptions {
  /** The clock, in epoch ms. `Date.now` where it is missing. */
  readonly now?: (() => number) | undefined;
}

const ACCEPTED =
  'sqlite:FILE, postgres://…, postgresql://…, mysql://…, mariadb://…, redis://…, rediss://… or memory:';

/**
 * Opens the store that a URL names, and loads that one alone: `sqlite:FILE`, `postgres://…`,
 * `postgresql://…`, `mysql://…`, `mariadb://…`, `redis://…`, `rediss://…` or `memory:`. The folder
 * of a SQLite file is created where it alone is missing. `invalid_argument` where the URL names no
 * store, `unsupported` where its package is not installed; all else as the store's own `open` does.
 */
export async function openSessionService(
  url: string,
  options: OpenSessionServiceOptions = {},
): Promise<SessionService> {
  const scheme = schemeOf(url);
  switch (scheme) {
    case 'memory': {
      if (url.length > 'memory:'.length) throw invalidArgument('url', 'must end after memory:');
      const { InMemorySessionService } = await import('@holdfast/in-memory');
      return new InMemorySessionService(options);
    }
    case 'sqlite': {
      const { SqliteSessionService } = await import('@holdfast/sqlite').catch(
        notInstalled('@holdfast/sqlite libsql'),
      );
      const file = sqliteFileOf(url);
      if (file !== undefined) await createFolderOf(file);
      return SqliteSessionService.open({ ...options, url });
    }
    case 'postgres':
    case 'postgresql': {
      const { PostgresSessionService } = await import('@holdfast/postgres').catch(
        notInstalled('@holdfast/postgres pg'),
      );
      return PostgresSessionService.open({ ...options, url });
    }
    case 'mysql':
    case 'mariadb': {
      const { MysqlSessionService } = await import('@holdfast/mysql').catch(
        notInstalled('@holdfast/mysql mysql2'),
      );
      return MysqlSessionService.open({ ...options, url });
    }
    case 'redis':
    case 'rediss': {
      const { RedisSessionService } = await import('@holdfast/redis').catch(
        notInstalled('@holdfast/redis ioredis'),
      );
      return RedisSessionService.open({ ...options, url });
    }
    default: {
      const what = scheme === undefined ? 'a URL without a scheme' : `${scheme}:`;
      const message = `there is no store for ${what}; HOLDFAST_STORE takes ${ACCEPTED}`;
      throw new HoldfastError('invalid_argument', { message, path: 'url' });
    }
  }
}

/** Tells what to install if a package could not be found; any other failure goes on as it is. */
function notInstalled(packages: string): (cause: unknown) => never {
  return (cause) => {
    if ((cause as { readonly code?: unknown } | null)?.code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const message = `its package is not installed: \`npm install ${packages}\``;
    throw new HoldfastError('unsupported', { message, cause });
  };
}

/** SQLite creates a file, but not the folder that it lies in. One folder: more may be a slip. */
async function createFolderOf(file: string): Promise<void> {
  const folder = dirname(file);
  try {
    await mkdir(folder);
  } catch (cause) {
    if (existsSync(folder)) return;
    const message = `its folder cannot be created: ${(cause as Error).message}`;
    throw new HoldfastError('unavailable', { message, cause });
  }
}
