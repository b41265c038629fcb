import { join } from 'node:path';
import { DatabaseSessionService } from '@google/adk';
import type { MikroORM } from '@mikro-orm/core';
import { LibSqlDriver } from '@mikro-orm/libsql';
import { afterAll } from 'vitest';
import { tempFolder } from './stores.fixture.ts';

export interface AdkDatabaseFile {
  readonly file: string;
  readonly service: DatabaseSessionService;
}

/** ADK's own `DatabaseSessionService`, each on a SQLite file of its own. */
export function useAdkDatabases(): () => AdkDatabaseFile {
  const folder = tempFolder();
  const opened: DatabaseSessionService[] = [];
  afterAll(async () => {
    for (const service of opened) await closeAdkDatabase(service);
  });
  return () => {
    const file = join(folder, `adk-${opened.length}.db`);
    const service = new DatabaseSessionService({ driver: LibSqlDriver, dbName: file });
    opened.push(service);
    return { file, service };
  };
}

/** It has no call that closes its connection: without this, the process would not end. */
export async function closeAdkDatabase(service: DatabaseSessionService): Promise<void> {
  await (service as unknown as { readonly orm?: MikroORM }).orm?.close(true);
}
