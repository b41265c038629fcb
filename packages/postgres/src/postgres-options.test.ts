import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { PostgresSessionService, printMigrations } from './postgres-session-service.ts';

// Never connected.
const client = new pg.Pool();

describe('The options of PostgresSessionService', () => {
  const wrong: Record<string, unknown[]> = {
    client: [undefined, null, 'postgres://', {}, { query() {}, execute() {}, getConnection() {} }],
    closeClient: ['yes', 1],
    preparedStatements: [0, null],
    acquireTimeout: [0, 1.5, -1, '100', 2 ** 31],
    schema: ['', 'a"b', 'a?b', 'a\\b', ' a', 'é'.repeat(32), 7],
    tablePrefix: ['', '1a', 'a-b', 'a'.repeat(33), 7],
    maxEventBytes: [0, 'many'],
    now: [1_000],
  };
  for (const [path, values] of Object.entries(wrong)) {
    it(`refuse a ${path} that is out of range`, () => {
      for (const value of values) {
        const options = { client, [path]: value };
        expect(() => new PostgresSessionService(options)).toThrow(
          expect.objectContaining({ code: 'invalid_argument', path }),
        );
      }
    });
  }

  const wrongToOpen: Record<string, unknown[]> = {
    url: [undefined, 7, 'mysql://localhost', '127.0.0.1:5432', 'postgres://a:b:c@'],
    maxConnections: [0, 1.5, '10'],
    migrate: ['no', null],
    acquireTimeout: [0],
    preparedStatements: ['no'],
    tablePrefix: ['a-b'],
  };
  for (const [path, values] of Object.entries(wrongToOpen)) {
    it(`refuse a ${path} to open with that is out of range`, async () => {
      for (const value of values) {
        const options = { url: 'postgres://127.0.0.1:1/none', [path]: value };
        await expect(PostgresSessionService.open(options)).rejects.toMatchObject({
          code: 'invalid_argument',
          path,
        });
      }
    });
  }

  it('must be a plain object', async () => {
    for (const options of [undefined, null, 'postgres://', client]) {
      const refused = { code: 'invalid_argument', path: 'options' };
      expect(() => new PostgresSessionService(options as never)).toThrow(
        expect.objectContaining(refused),
      );
      await expect(PostgresSessionService.open(options as never)).rejects.toMatchObject(refused);
    }
  });

  it('are refused if they cannot be read', async () => {
    const unreadable = {
      get url(): string {
        throw new Error('not today');
      },
    };
    await expect(PostgresSessionService.open(unreadable)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'url',
    });
  });

  it('are checked before SQL is printed', () => {
    expect(() => printMigrations({ schema: 'a"b' })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'schema' }),
    );
  });
});
