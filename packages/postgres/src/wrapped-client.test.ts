import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

type Query = Record<string, unknown>;
type Result = Record<string, unknown>;

interface Wrapper {
  readonly asks?: (query: Query) => Query;
  readonly answers?: (result: Result) => unknown;
}

function without(name: string): (object: Query) => Query {
  return ({ [name]: _, ...rest }) => rest;
}

function eachValue(change: (value: unknown) => unknown): (result: Result) => Result {
  return (result) => ({
    ...result,
    rows: (result['rows'] as unknown[][]).map((row) => row.map(change)),
  });
}

function parseIfJson(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}

/** A pool whose connections have something around them. */
function wrappedPool({ asks = (query) => query, answers = (result) => result }: Wrapper): pg.Pool {
  const pool = new pg.Pool({ connectionString: TEST_URL, max: 2 });
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (query: Query) => Promise<Result>;
    Object.assign(client, { query: async (each: Query) => answers(await query(asks(each))) });
  });
  return pool;
}

describeWithDatabase('A wrapper around a client of pg', () => {
  const { schema, open } = useDatabase();
  const now = () => 1_000;
  let expected: unknown;
  beforeAll(async () => {
    expected = await transcribe(open({ now }), randomUUID());
  });

  const harmless: Readonly<Record<string, Wrapper>> = {
    'asks for rows as arrays in any case': { asks: (query) => ({ ...query, rowMode: 'array' }) },
    'takes types out of a query': { asks: without('types') },
    'takes names out of a query': { asks: without('name') },
    'gives integers as numbers': {
      answers: eachValue((value) => (/^\d+$/.test(String(value)) ? Number(value) : value)),
    },
  };
  for (const [title, wrapper] of Object.entries(harmless)) {
    it(`changes no answer if it ${title}`, async () => {
      const client = wrappedPool(wrapper);
      await using service = new PostgresSessionService({ client, closeClient: true, schema, now });
      // Names of the transcript are digits as well, and stay texts.
      if (title.includes('numbers')) await expectIntegers(service);
      else expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
    });
  }

  const refused: Readonly<Record<string, Wrapper>> = {
    'asks for rows as objects': { asks: without('rowMode') },
    'gives rows as objects': {
      answers: (result) => ({
        ...result,
        rows: (result['rows'] as unknown[][]).map((row) => ({ ...row })),
      }),
    },
    'gives the rows alone': { answers: ({ rows }) => rows },
    'gives the result in a list': { answers: (result) => [result] },
    'gives nothing': { answers: () => undefined },
    'does not say how many rows there are': { answers: without('rowCount') },
    'parses what looks like JSON': { answers: eachValue(parseIfJson) },
    'trims texts': {
      answers: eachValue((value) => (typeof value === 'string' ? value.trim() : value)),
    },
    'gives a Buffer for a text': {
      answers: eachValue((value) => (value === null ? null : Buffer.from(String(value)))),
    },
    'leaves out values': { answers: eachValue(() => undefined) },
  };
  for (const [title, wrapper] of Object.entries(refused)) {
    it(`is refused if it ${title}, before anything is written`, async () => {
      const key = { appName: 'wrapped', userId: title, sessionId: '1' };
      const client = wrappedPool(wrapper);
      const plain = open();
      await using service = new PostgresSessionService({ client, closeClient: true, schema });
      for (const call of [
        () => service.create(key),
        () => service.get(key),
        () => service.list(key),
        () => service.delete(key),
        () => service.updateState({ scope: 'app', appName: key.appName, set: { a: 1 } }),
        () => service.migrate(),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'misconfigured', retryable: false });
      }
      expect(await plain.get(key)).toBeUndefined();
      expect(await plain.getState({ scope: 'app', appName: key.appName })).toStrictEqual({});
      await plain.close();
    });
  }
});

async function expectIntegers(service: PostgresSessionService): Promise<void> {
  const { key } = await service.create({ appName: randomUUID(), userId: 'ada', sessionId: 'one' });
  expect(await service.appendEvent({ ...key, event: { id: 'e' } })).toMatchObject({ seq: 1 });
  expect((await service.get(key))?.revision).toBe(1);
  expect(await service.list({ ...key, includeTotal: true })).toMatchObject({ total: 1 });
  expect(await service.delete(key)).toBe(true);
}

describeWithDatabase('A client of pg', () => {
  const { schema, open } = useDatabase();
  const now = () => 1_000;
  let expected: unknown;
  beforeAll(async () => {
    expected = await transcribe(open({ now }), randomUUID());
  });

  async function expectUsualAnswers(client: pg.Pool | pg.Client): Promise<void> {
    await using service = new PostgresSessionService({ client, closeClient: true, schema, now });
    expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
  }

  it('may be a single one that parses types, and sends queries in a pipeline', async () => {
    const types = { getTypeParser: () => () => 'parsed' } as unknown as pg.CustomTypesConfig;
    const client = new pg.Client({ connectionString: TEST_URL, types, pipeline: true });
    await client.connect();
    client.setTypeParser(pg.types.builtins.TEXT, () => 'of this client');
    await expectUsualAnswers(client);
  });

  it('may have parsers that hold for all', async () => {
    const { INT4, INT8, TEXT } = pg.types.builtins;
    const before = [INT4, INT8, TEXT].map((type) => [type, pg.types.getTypeParser(type)] as const);
    try {
      for (const [type] of before) pg.types.setTypeParser(type, () => ({ parsed: true }));
      await expectUsualAnswers(new pg.Pool({ connectionString: TEST_URL }));
    } finally {
      for (const [type, parse] of before) pg.types.setTypeParser(type, parse);
    }
  });

  it('must not ask for binary results', async () => {
    const config = { connectionString: TEST_URL, binary: true };
    for (const client of [new pg.Pool(config), new pg.Client(config)]) {
      const create = () => new PostgresSessionService({ client, schema });
      expect(create).toThrow(expect.objectContaining({ code: 'invalid_argument', path: 'client' }));
    }
  });
});
