import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.fixture.ts';
import { findCookieSecret } from './cookie-secret.ts';

test('a secret is made once, for its owner alone, however many ask', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'chat.db.cookie-secret');
  const secrets = await Promise.all(Array.from({ length: 20 }, () => findCookieSecret({ file })));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]?.length).toBeGreaterThanOrEqual(40);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8').trim()).toBe(secrets[0]);
  expect(readdirSync(folder)).toEqual(['chat.db.cookie-secret']);
  expect(await findCookieSecret({ file })).toBe(secrets[0]);
});

test('a given secret comes first, and none at all is another one each time', async () => {
  const file = join(temporaryFolder(), 'secret');
  expect(await findCookieSecret({ given: 'mine', file })).toBe('mine');
  expect(readdirSync(join(file, '..'))).toEqual([]);
  expect(await findCookieSecret({})).not.toBe(await findCookieSecret({}));
});

test('a file without a secret is refused', async () => {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, '\n');
  await expect(findCookieSecret({ file })).rejects.toThrow(`${file} holds no secret`);
});
