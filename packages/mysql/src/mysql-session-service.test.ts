import { describe, expect, it } from 'vitest';
import { MysqlSessionService, printMigrations } from './mysql-session-service.ts';
import type { MysqlPool } from './mysql2-client.ts';

const client: MysqlPool = {
  getConnection: () => Promise.reject(new Error('not used')),
  end: () => Promise.resolve(),
};

describe('MysqlSessionService', () => {
  it('refuses options that are out of range, and says which', () => {
    const cases: readonly [object, string][] = [
      [{ client: undefined }, 'client'],
      [{ client: {} }, 'client'],
      [{ closeClient: 'yes' }, 'closeClient'],
      [{ acquireTimeout: 0 }, 'acquireTimeout'],
      [{ acquireTimeout: 1.5 }, 'acquireTimeout'],
      [{ tablePrefix: 'a-b' }, 'tablePrefix'],
      [{ maxEventBytes: 0 }, 'maxEventBytes'],
      [{ now: 7 }, 'now'],
    ];
    for (const [wrong, path] of cases) {
      expect(() => new MysqlSessionService({ client, ...wrong })).toThrow(
        expect.objectContaining({ code: 'invalid_argument', path }),
      );
    }
    expect(() => new MysqlSessionService(undefined as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'options' }),
    );
  });

  it('refuses options that cannot be read', async () => {
    const unreadable = {
      get url(): string {
        throw new Error('not today');
      },
    };
    await expect(MysqlSessionService.open(unreadable)).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'url',
    });
  });

  it('refuses what it cannot open, and says why', async () => {
    const url = 'mysql://root@127.0.0.1:3306/test';
    const cases: readonly [object, string][] = [
      [{ url: undefined }, 'url'],
      [{ url: 'postgres://localhost/test' }, 'url'],
      [{ url: 'mysql://' }, 'url'],
      [{ url: 'mysql://root@127.0.0.1:3306' }, 'url'],
      [{ url: 'mysql://root@127.0.0.1:3306/' }, 'url'],
      [{ url: `${url}?resetOnRelease=true` }, 'url'],
      [{ url, migrate: 1 }, 'migrate'],
      [{ url, maxConnections: 0 }, 'maxConnections'],
      [{ url, acquireTimeout: -1 }, 'acquireTimeout'],
      [{ url, tablePrefix: '' }, 'tablePrefix'],
    ];
    for (const [wrong, path] of cases) {
      await expect(MysqlSessionService.open(wrong as never)).rejects.toMatchObject({
        code: 'invalid_argument',
        path,
      });
    }
  });

  it('is unavailable where no server listens', async () => {
    // Nobody listens on the port of "tcpmux".
    const open = MysqlSessionService.open({ url: 'mariadb://root@127.0.0.1:1/test' });
    await expect(open).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('printMigrations', () => {
  it('gives the same SQL each time, with the prefix of the tables', () => {
    const printed = printMigrations({ tablePrefix: 'chat_' });
    expect(printed).toBe(printMigrations({ tablePrefix: 'chat_' }));
    expect(printed).toContain('CREATE TABLE IF NOT EXISTS `chat_events`');
    expect(printed).not.toContain('holdfast_');
  });
});
