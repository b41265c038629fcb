import { beforeAll, describe, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, openDatabase } from './test-database.fixture.ts';

/** What somebody has put around a database. */
interface Wrapper {
  /** Changes a row, or a value that is given in place of one. */
  readonly row?: (row: unknown) => unknown;
  readonly changes?: (changes: number | bigint) => unknown;
  /** Whether the functions by which rows are arrays are there. */
  readonly hidesArrays?: boolean;
}

const same = (value: unknown) => value;

function wrap(database: SqliteDatabase, wrapper: Wrapper): SqliteDatabase {
  return {
    prepare: (text) => wrapStatement(database.prepare(text), wrapper),
    exec: (text) => database.exec(text),
    close: () => database.close(),
  };
}

function wrapStatement(
  statement: SqliteStatement,
  { row = same, changes = same, hidesArrays = false }: Wrapper,
): SqliteStatement {
  const { raw, setReturnArrays, values } = statement;
  const rowOrNone = (found: unknown) =>
    found === undefined || found === null ? found : row(found);
  return {
    all: (...given) => statement.all(...given).map(row),
    get: (...given) => rowOrNone(statement.get(...given)),
    run: (...given) => ({ changes: changes(statement.run(...given).changes) as number }),
    ...(!hidesArrays && {
      ...(raw && { raw: (toggle: boolean) => raw.call(statement, toggle) }),
      ...(setReturnArrays && {
        setReturnArrays: (enabled: boolean) => setReturnArrays.call(statement, enabled),
      }),
      ...(values && {
        values: (...given: unknown[]) => values.apply(statement, given).map(row),
        finalize: () => statement.finalize?.(),
      }),
    }),
  };
}

function eachValue(change: (value: unknown) => unknown): Wrapper {
  return { row: (row) => (Array.isArray(row) ? row.map(change) : row) };
}

function ifInteger(change: (value: number) => unknown): (value: unknown) => unknown {
  return (value) => (typeof value === 'number' ? change(value) : value);
}

const HARMLESS: Readonly<Record<string, Wrapper>> = {
  'gives rows as objects': { hidesArrays: true },
  'gives integers as bigints': { ...eachValue(ifInteger(BigInt)), changes: BigInt },
  'gives integers as texts': { ...eachValue(ifInteger(String)), changes: String },
};

const REFUSED: Readonly<Record<string, Wrapper>> = {
  'gives objects where arrays are asked for': { row: (row) => ({ ...(row as object) }) },
  'gives the first column alone': { row: (row) => Object.values(row as object)[0] },
  'gives nothing for a row': { row: () => undefined },
  'gives texts as bytes': eachValue((value) =>
    typeof value === 'string' ? Buffer.from(value) : value,
  ),
  'gives texts as numbers': eachValue((value) => (typeof value === 'string' ? 1 : value)),
  'gives integers as dates': eachValue(ifInteger((value) => new Date(value))),
  'gives integers as fractions': eachValue(ifInteger((value) => value + 0.5)),
  'gives null for integers': eachValue(ifInteger(() => null)),
  'does not say how many rows were changed': { changes: () => undefined },
  'gives a wrong number of changed rows': { changes: () => 7 },
};

const now = () => 1_000;

describe.each(drivers)('A database of %s that something is put around', (driver) => {
  let expected: unknown;
  beforeAll(async () => {
    expected = await answersOf({});
  });

  async function answersOf(wrapper: Wrapper): Promise<unknown> {
    await using service = await serviceOver(wrapper);
    return await transcribe(service, 'transcript');
  }

  async function serviceOver(wrapper: Wrapper): Promise<SqliteSessionService> {
    const client = wrap(await openDatabase(':memory:', driver), wrapper);
    const service = new SqliteSessionService({ client, now, closeClient: true });
    await service.migrate();
    return service;
  }

  it.each(Object.entries(HARMLESS))('gives the same answers if it %s', async (_, wrapper) => {
    expect(await answersOf(wrapper)).toStrictEqual(expected);
  });

  // node:sqlite has given objects alone, up to Node 22.15, so there they are taken, too.
  const refused = Object.entries(REFUSED).filter(
    ([title]) => driver !== 'node:sqlite' || !title.includes('objects'),
  );
  it.each(refused)('is refused if it %s', async (_, wrapper) => {
    const write = async () => {
      await using service = await serviceOver(wrapper);
      const { key } = await service.create({ appName: 'app', userId: 'ada' });
      return await service.appendEvent({ ...key, event: {} });
    };
    await expect(write()).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:invalid_argument|misconfigured|corrupt)$/),
      retryable: false,
    });
  });
});
