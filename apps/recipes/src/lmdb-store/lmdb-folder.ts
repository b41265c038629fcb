import { mkdirSync, realpathSync } from 'node:fs';
import { translateWith } from '@holdfast/session/store';
import { open, type RootDatabase } from 'lmdb';

const UNAVAILABLE = [-30792, -30788, -30790, -30785, 5, 11, 12, 24, 28]; // full, busy, out of something
const MISCONFIGURED = [-30794, 1, 2, 13, 17, 20, 30]; // another version, or no such folder for us
const CORRUPT = [-30797, -30796, -30793];

export const translate = translateWith((error) => {
  const { code = 0, errno = -code } = error as { readonly errno?: number; readonly code?: number };
  if (UNAVAILABLE.includes(-errno)) return ['unavailable', 'LMDB cannot do that now'];
  if (MISCONFIGURED.includes(-errno)) return ['misconfigured', 'the folder cannot be used'];
  return [CORRUPT.includes(-errno) ? 'corrupt' : 'internal', 'LMDB failed'];
});

export interface Folder {
  readonly db: RootDatabase<string, Buffer>;
  readonly path: string;
  users: number;
  timer?: NodeJS.Timeout;
}

const opened = new Map<string, Folder>();

// Once for all who open a folder in this process: `open` blocks until it has the lock of writers,
// and another environment of this process that has it could never let go.
export function openFolder(folder: string): Folder {
  mkdirSync(folder, { recursive: true });
  const path = realpathSync(folder);
  const options = { noSubdir: false, eventTurnBatching: false } as const;
  const make = () =>
    open<string, Buffer>({ path, encoding: 'string', keyEncoding: 'binary', ...options });
  const found = opened.get(path) ?? { db: make(), path, users: 0 };
  clearTimeout(found.timer);
  found.users++;
  opened.set(path, found);
  return found;
}

// A little after its last user: a write of lmdb 3.5.6 is acknowledged before its thread is done with
// the environment, and the process crashes if that is closed by then.
export function closeFolder(folder: Folder): void {
  if (--folder.users > 0) return;
  folder.timer = setTimeout(() => {
    opened.delete(folder.path);
    folder.db.close().catch(() => {});
  }, 1000).unref();
}
