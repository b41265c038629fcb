import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { expectVersion1, type MadeByVersion1 } from '../../session/src/version-1.fixture.ts';
import { describeWithServer, useServer } from './test-server.fixture.ts';

const made: MadeByVersion1<readonly [command: string, ...args: string[]]> = JSON.parse(
  readFileSync(new URL('./version-1.fixture.json', import.meta.url), 'utf8'),
);

describeWithServer('what version 1 has written', () => {
  const { client, keyPrefix, open } = useServer();

  it('is read and gone on with, its data whole', async () => {
    for (const [command, key = '', ...args] of made.written) {
      await client.call(command, key.replace('holdfast', keyPrefix), ...args);
    }
    const service = open();
    await expectVersion1(service, made);
    await service.close();
  });
});
