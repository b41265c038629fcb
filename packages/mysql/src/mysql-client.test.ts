import type { SqlInsert, SqlQuery } from '@holdfast/sql';
import { createPool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { poolLender } from './connection-lender.ts';
import { MysqlClient } from './mysql-client.ts';
import { MysqlConnections } from './mysql-connections.ts';
import { createTablePrefix, describeWithDatabase, runSql, TEST_URL } from './test-database.ts';

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
    const lender = poolLender(pool, { owned: true });
    const client = new MysqlClient(new MysqlConnections({ lender, acquireTimeout: 5_000 }));

    beforeAll(async () => {
      await runSql(
        `CREATE TABLE ${guarded} (id INT PRIMARY KEY, revision BIGINT NOT NULL)`,
        `CREATE TABLE ${rows.table} (n BIGINT PRIMARY KEY, body TEXT)`,
        `INSERT INTO ${guarded} VALUES (1, 40)`,
      );
    });
    afterAll(async () => {
      await client.close();
      await runSql(`DROP TABLE IF EXISTS ${guarded}, ${rows.table}`);
    });

    function advance(id: number): SqlQuery {
      const text = `UPDATE ${guarded} SET revision = LAST_INSERT_ID(revision + ?) WHERE id = ?`;
      return { text, values: [2, id] };
    }
    function create(id: number): SqlQuery {
      return { text: `INSERT INTO ${guarded} (id, revision) VALUES (?, 0)`, values: [id] };
    }
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
      });
      expect(await written()).toStrictEqual([
        [41, 'one'],
        [42, null],
      ]);
    });

    it('writes nothing where the guard meets no row, also after one that did', async () => {
      const inserts = [{ insert: rows, rows: [[1, 'never']] }];
      expect(await client.write({ guard: advance(7), inserts })).toStrictEqual({ type: 'unmet' });
      expect(await written()).toHaveLength(2);
    });

    it('has the revision 0 where its guard is an insert', async () => {
      const outcome = await client.write({ guard: create(2), inserts: [] });
      expect(outcome).toStrictEqual({ type: 'written', revision: 0 });
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
        type: 'duplicate',
      });
      expect(await client.write({ guard: advance(1), inserts })).toStrictEqual({
        type: 'duplicate',
      });
      expect(await written()).toHaveLength(2);
      const revision = await client.query({
        text: `SELECT revision FROM ${guarded} WHERE id = ?`,
        values: [1],
      });
      expect(revision).toStrictEqual([[42]]);
    });
  });
}
