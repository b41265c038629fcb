import { commandOf, PooledClient, queryOf, type SqlInsert, sql } from '@holdfast/sql';
import { createPool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mysqlPool } from './mysql-connections.ts';
import { mysqlDialect } from './mysql-dialect.ts';
import { MysqlDriver } from './mysql-driver.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  runSql,
  TEST_URL,
} from './test-database.fixture.ts';

for (const multipleStatements of [true, false]) {
  const how = multipleStatements ? 'in one script' : 'in steps';

  describeWithDatabase(`A write ${how}`, () => {
    const prefix = createTablePrefix();
    const guarded = `${prefix}guarded`;
    const rows: SqlInsert = {
      table: `${prefix}rows`,
      columns: [
        { name: 'n', type: 'integer', fromRevision: true },
        { name: 'body', type: 'json' },
      ],
    };
    // One connection, so that what a write leaves in it meets the next one.
    const pool = createPool({ uri: TEST_URL, multipleStatements, connectionLimit: 1 });
    const driver = new MysqlDriver(mysqlPool(pool, { owned: true }), {
      type: 'brought',
      tables: [guarded],
      isSingle: false,
    });
    const client = new PooledClient(driver, { acquireTimeout: 5_000, callTimeout: 5_000 });

    beforeAll(async () => {
      await runSql(
        `CREATE TABLE ${guarded} (id INT PRIMARY KEY, revision BIGINT NOT NULL, incarnation VARBINARY(255) NOT NULL)`,
        `CREATE TABLE ${rows.table} (n BIGINT PRIMARY KEY, body TEXT)`,
        `INSERT INTO ${guarded} VALUES (1, 40, '019a2f3c-5b1e-7d4a-9c3b-6f0efedcba98')`,
      );
    });
    afterAll(async () => {
      await client.close();
      await runSql(`DROP TABLE IF EXISTS ${guarded}, ${rows.table}`);
    });

    const advance = commandOf<number>(
      sql`UPDATE ${guarded} SET revision = ${mysqlDialect.revision.keep(sql`revision + 2`)} WHERE id = ${(id) => id}`,
    );
    const create = commandOf<number>(sql`INSERT INTO ${guarded} VALUES (${(id) => id}, 0, '')`);
    const written = () => runSql(`SELECT n, body FROM ${rows.table} ORDER BY n`);

    it('counts from the revision of its guard', async () => {
      const inserts = [
        {
          insert: rows,
          rows: [
            [-1, 'one'],
            [0, null],
          ],
        },
      ];
      expect(await client.write({ guard: advance(1), inserts })).toStrictEqual({
        type: 'written',
        revision: 42,
        mark: 'fedcba98',
      });
      expect(await written()).toStrictEqual([
        [41, 'one'],
        [42, null],
      ]);
    });

    it('writes nothing if the guard meets no row, also after one that did', async () => {
      const inserts = [{ insert: rows, rows: [[1, 'never']] }];
      expect(await client.write({ guard: advance(7), inserts })).toStrictEqual({ type: 'refused' });
      expect(await written()).toHaveLength(2);
    });

    it('has the revision 0 where its guard is an insert', async () => {
      const outcome = await client.write({ guard: create(2), inserts: [] });
      expect(outcome).toStrictEqual({ type: 'written', revision: 0, mark: '00000000' });
    });

    it('is undone where a key is taken, in its guard or in its rows', async () => {
      const inserts = [
        {
          insert: rows,
          rows: [
            [0, 'never'],
            [0, 'never'],
          ],
        },
      ];
      expect(await client.write({ guard: create(2), inserts })).toStrictEqual({
        type: 'refused',
      });
      expect(await client.write({ guard: advance(1), inserts })).toStrictEqual({
        type: 'refused',
      });
      expect(await written()).toHaveLength(2);
      const read = queryOf<number>(sql`SELECT revision FROM ${guarded} WHERE id = ${(id) => id}`);
      const revision = await client.query(read(1));
      expect(revision).toStrictEqual([[42]]);
    });
  });
}
