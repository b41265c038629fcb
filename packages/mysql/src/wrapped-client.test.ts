import { randomUUID } from 'node:crypto';
import * as callbacks from 'mysql2';
import { createPool, createPoolCluster, type Pool, type PoolConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import { MysqlSessionService } from './mysql-session-service.ts';
import type { MysqlPool } from './mysql2-client.ts';
import {
  createTablePrefix,
  describeWithDatabase,
  dropTables,
  TEST_URL,
} from './test-database.fixture.ts';

type Statement = Record<string, unknown>;

interface Wrapper {
  readonly asks?: (statement: Statement) => Statement;
  readonly answers?: (answer: readonly unknown[]) => unknown;
}

function without(name: string): (object: Statement) => Statement {
  return ({ [name]: _, ...rest }) => rest;
}

/** Changes a result, or each one of a script. A result is a list of rows, or says what was written. */
function eachResult(change: (result: unknown) => unknown): Wrapper {
  return {
    answers([result, columns]) {
      return [isScript(result) ? result.map(change) : change(result), columns];
    },
  };
}

function isScript(result: unknown): result is readonly unknown[] {
  const isRow = (each: unknown) =>
    Array.isArray(each) && each.length > 0 && !Array.isArray(each[0]);
  return Array.isArray(result) && !result.every(isRow);
}

function eachValue(change: (value: unknown) => unknown): Wrapper {
  return eachResult((result) =>
    Array.isArray(result) ? result.map((row: unknown[]) => row.map(change)) : result,
  );
}

/** Changes what says how many rows were written. */
function eachHeader(change: (header: Statement) => unknown): Wrapper {
  return eachResult((result) => (Array.isArray(result) ? result : change(result as Statement)));
}

function parseIfJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A pool whose connections have something around them. */
function wrappedPool(
  pool: Pool,
  { asks = (statement) => statement, answers = (answer) => answer }: Wrapper,
): MysqlPool {
  const wrap = (connection: PoolConnection, name: 'query' | 'execute') => {
    const run = connection[name].bind(connection) as (one: unknown) => Promise<readonly unknown[]>;
    return async (statement: unknown) => answers(await run(asks(statement as Statement)));
  };
  return {
    async getConnection() {
      const connection = await pool.getConnection();
      const own = { query: wrap(connection, 'query'), execute: wrap(connection, 'execute') };
      return Object.assign(connection, own) as never;
    },
    end: () => pool.end(),
  };
}

describeWithDatabase('A client of mysql2', () => {
  const tablePrefix = createTablePrefix();
  const now = () => 1_000;
  let expected: unknown;

  beforeAll(async () => {
    await using service = await MysqlSessionService.open({ url: TEST_URL, tablePrefix, now });
    expected = await transcribe(service, randomUUID());
  }, 60_000);
  afterAll(() => dropTables(tablePrefix));

  function serviceOver(wrapper: Wrapper, multipleStatements: boolean): MysqlSessionService {
    const pool = createPool({ uri: TEST_URL, multipleStatements });
    const client = wrappedPool(pool, wrapper);
    return new MysqlSessionService({ client, closeClient: true, tablePrefix, now });
  }

  const harmless: Readonly<Record<string, Wrapper>> = {
    'asks for rows as arrays in any case': { asks: (each) => ({ ...each, rowsAsArray: true }) },
    'takes options out of a statement': { asks: without('nestTables') },
    'gives integers as texts': eachValue((value) =>
      typeof value === 'number' ? String(value) : value,
    ),
    'gives integers as bigints': eachValue((value) =>
      typeof value === 'number' ? BigInt(value) : value,
    ),
  };
  for (const [title, wrapper] of Object.entries(harmless)) {
    it(`changes no answer if what is around it ${title}`, async () => {
      for (const multipleStatements of [true, false]) {
        await using service = serviceOver(wrapper, multipleStatements);
        expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
      }
    });
  }

  const refused: Readonly<Record<string, Wrapper>> = {
    'asks for rows as objects': { asks: without('rowsAsArray') },
    'gives rows as objects': eachResult((result) =>
      Array.isArray(result) ? result.map((row: unknown[]) => ({ ...row })) : result,
    ),
    'gives the rows alone': { answers: ([result]) => result },
    'gives nothing': { answers: () => undefined },
    'parses what looks like JSON': eachValue(parseIfJson),
    'trims texts': eachValue((value) => (typeof value === 'string' ? value.trim() : value)),
    'gives bytes in another form': eachValue((value) =>
      Buffer.isBuffer(value) ? value.toString('base64') : value,
    ),
    'leaves out values': eachValue(() => undefined),
    'does not say how many rows were written': eachHeader(without('affectedRows')),
    'does not say which number was kept': eachHeader(without('insertId')),
    'does not say whether there is a transaction': eachHeader(without('serverStatus')),
    'gives no header': eachHeader(() => undefined),
  };
  for (const [title, wrapper] of Object.entries(refused)) {
    it(`is refused if what is around it ${title}, before anything is written`, async () => {
      const key = { appName: 'wrapped', userId: title, sessionId: '1' };
      await using plain = serviceOver({}, true);
      for (const multipleStatements of [true, false]) {
        await using service = serviceOver(wrapper, multipleStatements);
        for (const call of [
          () => service.create(key),
          () => service.delete(key),
          () => service.updateState({ scope: 'app', appName: key.appName, set: { a: 1 } }),
        ]) {
          await expect(call()).rejects.toMatchObject({ code: 'misconfigured', retryable: false });
        }
        expect(await plain.get(key)).toBeUndefined();
        expect(await plain.getState({ scope: 'app', appName: key.appName })).toStrictEqual({});
      }
    });
  }

  it('may be a part of a cluster of pools', async () => {
    for (const options of [{}, { resetOnRelease: true, rowsAsArray: true }]) {
      const cluster = createPoolCluster();
      cluster.add('PRIMARY', { uri: TEST_URL, multipleStatements: true, ...options });
      const client = cluster.of('PRIMARY');
      await using service = new MysqlSessionService({ client, tablePrefix, now });
      expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
      await service.close();
      await cluster.end();
    }
  });

  it('may have callbacks', async () => {
    const pool = callbacks.createPool({ uri: TEST_URL, typeCast: false, nestTables: '.' });
    const connection = callbacks.createConnection({ uri: TEST_URL, typeCast: false });
    for (const client of [pool, connection]) {
      await using service = new MysqlSessionService({
        client,
        closeClient: true,
        tablePrefix,
        now,
      });
      expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
    }
  });
});

describe('A client that is not a pool or a connection', () => {
  it('is refused if it is one of another package', () => {
    const mysqljs = { getConnection: (_callback: unknown) => {}, query() {}, end() {} };
    const mariadb = {
      getConnection: async () => {},
      query() {},
      execute() {},
      batch() {},
      end() {},
    };
    for (const client of [mysqljs, mariadb]) {
      const create = () => new MysqlSessionService({ client: client as never });
      expect(create).toThrow(expect.objectContaining({ code: 'invalid_argument', path: 'client' }));
    }
  });

  it('is refused: a cluster, a part of one with callbacks, and one that cannot be ended', async () => {
    const cluster = createPoolCluster();
    const withCallbacks = callbacks.createPoolCluster();
    for (const client of [cluster, withCallbacks, withCallbacks.of('*')]) {
      const create = () => new MysqlSessionService({ client: client as never });
      expect(create).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          path: 'client',
          message: expect.stringContaining('of()'),
        }),
      );
    }
    const create = () => new MysqlSessionService({ client: cluster.of('*'), closeClient: true });
    expect(create).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'closeClient' }),
    );
    await cluster.end();
  });
});
