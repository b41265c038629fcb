import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { itKeepsLivesApart } from '../../sql/src/life-writes.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase, tempFolder } from './test-database.fixture.ts';

describe.each(drivers)('Lives of sessions in SQLite, by %s', (driver) => {
  const file = join(tempFolder(), `lives-${driver.replace(':', '-')}.db`);

  itKeepsLivesApart({
    open: () => SqliteSessionService.open({ url: `sqlite:${file}`, driver }),
    // The bytes of the files, after what the documents say is to be done.
    async dump() {
      const database = await openDatabase(file, driver);
      database.exec('PRAGMA busy_timeout = 5000');
      database.exec('VACUUM');
      database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
      database.close();
      const files = [file, `${file}-wal`].filter((each) => existsSync(each));
      return files.map((each) => readFileSync(each, 'latin1')).join('\n');
    },
  });
});
