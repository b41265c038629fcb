import { testSessionService } from '@holdfast/testkit';
import { describe, it } from 'vitest';
import { describeWithDatabase, useDatabase } from './test-database.fixture.ts';

// What another isolation can break; the rest of the kit runs elsewhere.
const racing = new Set(['concurrency', 'delete', 'lifecycle', 'moments']);

for (const isolation of ['repeatable read', 'serializable']) {
  describeWithDatabase(`PostgresSessionService on connections set to ${isolation}`, () => {
    const setting = isolation.replace(' ', '\\ ');
    const { open } = useDatabase({ options: `-c default_transaction_isolation=${setting}` });
    const describeRacing = (title: string, body: () => void) => {
      if (title === 'the kit' || racing.has(title)) describe(title, body);
    };
    testSessionService(
      { describe: describeRacing, it },
      { name: 'the kit', create: () => open(), reopen: () => open() },
    );
  });
}
