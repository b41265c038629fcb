import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  AFTER_OLDER_VERSIONS,
  expectOlderVersion,
  expectOlderVersionSwept,
  type MadeByOlderVersion,
} from '../../session/src/older-version.fixture.ts';
import { describeEachKind } from './each-kind.fixture.ts';

type Command = readonly [command: string, ...args: string[]];

for (const version of [1, 2]) {
  const made: MadeByOlderVersion<Command> = JSON.parse(
    readFileSync(new URL(`./version-${version}.fixture.json`, import.meta.url), 'utf8'),
  );

  describeEachKind(`what version ${version} has written in Redis`, ({ client, open, dump }) => {
    const openOver = async (keyPrefix: string) => {
      for (const [command, key = '', ...args] of made.written) {
        await client().call(command, [key.replace('holdfast', keyPrefix), ...args]);
      }
      return open({ keyPrefix, now: () => AFTER_OLDER_VERSIONS });
    };

    it('is read and gone on with, its data whole', async () => {
      await expectOlderVersion(await openOver('whole'), made);
    });

    it('knows how long nobody has touched its sessions', async () => {
      await expectOlderVersionSwept(await openOver('swept'), made);
    });

    it('is not changed by reading, and leaves nothing behind', async () => {
      const service = await openOver('gone');
      const before = lines(await dump());
      for (const session of made.sessions) {
        await service.get(session);
        await service.list({ ...session, includeState: true, includeTotal: true });
      }
      expect(lines(await dump())).toEqual(before);
      for (const session of made.sessions) expect(await service.delete(session)).toBe(true);
      const left = lines(await dump()).filter((line) => line.startsWith('gone:'));
      expect(left.filter((line) => !/\}:(u:\S+|state) /.test(line))).toEqual([]);
    });
  });
}

function lines(dump: string): readonly string[] {
  return dump.split('\n').sort();
}
