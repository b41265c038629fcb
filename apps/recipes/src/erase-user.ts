// Deletes all that an app has of a user, and looks into the database file for what is left.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteSessionService } from '@holdfast/sqlite';
import Database from 'libsql';

const folder = mkdtempSync(join(tmpdir(), 'erase-'));
const database = new Database(join(folder, 'shop.db'));
database.exec('PRAGMA journal_mode = WAL');
const service = new SqliteSessionService({ client: database });
await service.migrate();

const ada = { appName: 'shop', userId: 'ada' };
const state = { note: 'likes-owls', 'user:city': 'likes-owls', 'app:currency': 'EUR' };
const chat = await service.create({ ...ada, state, labels: { title: 'likes-owls' } });
const event = { content: { role: 'user', parts: [{ text: 'likes-owls' }] } };
await service.appendEvent({ ...chat, event });
await service.fork({ ...chat });
await service.create({ appName: 'shop', userId: 'bob' });

console.log('it is in the files:', filesWith('likes-owls').length > 0);
console.log(await service.eraseUser(ada));
console.log(await service.eraseUser(ada)); // once more, after a failure as well

// SQLite leaves what was deleted in the file and in its log until it is told to clean up.
database.exec('VACUUM');
database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
console.log('left of it:', filesWith('likes-owls'));

// What others have, and what belongs to the app, is still there.
console.log((await service.list({ appName: 'shop', allUsers: true })).sessions[0]?.userId);
console.log(await service.getState({ scope: 'app', appName: 'shop' }));
await service.close();
database.close();
rmSync(folder, { recursive: true });

function filesWith(text: string): readonly string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}
