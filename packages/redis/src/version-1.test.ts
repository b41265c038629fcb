import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import {
  AFTER_OLDER_VERSIONS,
  expectOlderVersion,
  type MadeByOlderVersion,
} from '../../session/src/older-version.fixture.ts';
import { describeWithServer, useServer } from './test-server.fixture.ts';

const made: MadeByOlderVersion<readonly [command: string, ...args: string[]]> = JSON.parse(
  readFileSync(new URL('./version-1.fixture.json', import.meta.url), 'utf8'),
);

describeWithServer('what version 1 has written', () => {
  const { client, keyPrefix, open } = useServer();

  it('is read and gone on with, its data whole', async () => {
    for (const [command, key = '', ...args] of made.written) {
      await client.call(command, key.replace('holdfast', keyPrefix), ...args);
    }
    const service = open({ now: () => AFTER_OLDER_VERSIONS });
    await expectOlderVersion(service, made);
    await service.close();
  });
});
