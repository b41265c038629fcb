import { testSessionService } from '@holdfast/testkit';
import { it } from 'vitest';
import { describeSome, isRacing } from '../../testkit/src/some-concerns.fixture.ts';
import { describeWithDatabase, useDatabase } from './test-database.fixture.ts';

for (const isolation of ['repeatable read', 'serializable']) {
  describeWithDatabase(`PostgresSessionService on connections set to ${isolation}`, () => {
    const setting = isolation.replace(' ', '\\ ');
    const { open } = useDatabase({ options: `-c default_transaction_isolation=${setting}` });
    testSessionService(
      { describe: describeSome(isRacing), it },
      { name: 'the kit', create: () => open(), reopen: () => open() },
    );
  });
}
