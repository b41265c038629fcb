import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { itKeepsLivesApart } from '../../sql/src/life-writes.fixture.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';

describe.each(drivers)('Lives of sessions in SQLite, by %s', (driver) => {
  const file = join(tempFolder(), `lives-${driver.replace(':', '-')}.db`);

  itKeepsLivesApart({
    open: () => SqliteSessionService.open({ url: `sqlite:${file}`, driver }),
    // The bytes of the files, as they are.
    async dump() {
      const files = [file, `${file}-wal`].filter((each) => existsSync(each));
      return files.map((each) => readFileSync(each, 'latin1')).join('\n');
    },
  });
});
