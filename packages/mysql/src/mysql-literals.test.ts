import { queryOf, sql } from '@holdfast/sql';
import { createPool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import { writeLiterals } from './run-statement.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

describe('writeLiterals', () => {
  it('writes values in their order, and leaves what they contain alone', () => {
    const query = queryOf(sql`a ${() => "it's ?"} b ${() => 7} c ${() => null} d ${() => -1}`);
    expect(writeLiterals(query({}))).toBe("a _utf8mb4 'it''s ?' b 7 c NULL d (-1)");
  });

  it('writes what could be escaped as bytes', () => {
    const query = queryOf<string>(sql`${(text) => text}`);
    expect(writeLiterals(query('\\'))).toBe("_utf8mb4 X'5c'");
    expect(writeLiterals(query('é\0'))).toBe("_utf8mb4 X'c3a900'");
  });
});

const nasty = [
  "it's",
  '\\',
  "\\' OR 1=1 -- ",
  "'; DROP TABLE x; --",
  '"double" `back` ? :name %s',
  'line\nbreak\r\n\ttab',
  'NUL \0 and \u001a',
  'emoji 😀 é 中 \u2028',
  '',
  ' padded ',
];

describeWithDatabase('Text', () => {
  const tablePrefix = createTablePrefix();
  const modes = ['', 'NO_BACKSLASH_ESCAPES', 'ANSI,NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES'];

  beforeAll(async () => {
    await (await MysqlSessionService.open({ url: TEST_URL, tablePrefix })).close();
  });
  afterAll(() => dropTables(tablePrefix));

  for (const multipleStatements of [true, false]) {
    for (const mode of modes) {
      const how = multipleStatements ? 'as scripts' : 'as single statements';
      it(`comes back as it was in sql_mode '${mode}', sent ${how}`, async () => {
        const pool = createPool({ uri: TEST_URL, multipleStatements, connectionLimit: 1 });
        await pool.query(`SET SESSION sql_mode = '${mode}'`);
        const service = new MysqlSessionService({ client: pool, tablePrefix });
        const key = {
          appName: `app's \\ "${mode}" ${multipleStatements}`,
          userId: "u'\\'é😀",
          sessionId: 'a`b?c',
        };
        const state = Object.fromEntries(nasty.map((text, i) => [`key ' \\ ${i}`, text]));
        await service.create({ ...key, state });
        const event = { author: 'user', actions: { stateDelta: { "user:it's": nasty } } };
        const { id } = await service.appendEvent({
          ...key,
          event: { ...event, id: "e'\\1", content: { parts: nasty.map((text) => ({ text })) } },
        });
        expect(id).toBe("e'\\1");
        const session = await service.get(key);
        expect(session?.state.toJSON()).toStrictEqual({ ...state, "user:it's": nasty });
        expect(session?.events[0]?.content?.parts?.map(({ text }) => text)).toStrictEqual(nasty);
        expect(await service.delete(key)).toBe(true);
        await pool.end();
      });
    }
  }

  it('may be of 8 MiB, and full of backslashes', { timeout: 20_000 }, async () => {
    const service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix });
    const key = { appName: 'large', userId: 'ada', sessionId: 'one' };
    await service.create(key);
    const text = '\\"'.repeat((8 * 1024 * 1024 - 500) / 4);
    const events = [1, 2].map((i) => ({
      id: `e-${i}`,
      author: 'user',
      content: { parts: [{ text }] },
    }));
    await service.appendEvents({ ...key, events });
    const session = await service.get(key);
    expect(session?.revision).toBe(2);
    for (const event of session?.events ?? []) {
      expect(event.content?.parts?.[0]?.text === text).toBe(true);
    }
    await service.delete(key);
    await service.close();
  });
});
