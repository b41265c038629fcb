import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printMigrations, SqliteSessionService } from './sqlite-session-service.ts';
import { anyDriver as driver, observe, openDatabase, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'user', sessionId: 'session' };

async function inMemory() {
  const texts: string[] = [];
  const database = await openDatabase(':memory:');
  const client = observe(database, ({ text }) => texts.push(text));
  return { service: new SqliteSessionService({ client, closeClient: true }), database, texts };
}

describe('migrate', () => {
  it('is a single read where the schema is current', async () => {
    const { service, texts } = await inMemory();
    await service.migrate();
    texts.length = 0;
    await service.migrate();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^SELECT /);
    await service.close();
  });

  it('refuses a newer schema, and changes nothing', async () => {
    const { service, database } = await inMemory();
    await service.migrate();
    database.exec('INSERT INTO holdfast_migrations (version) VALUES (99)');
    const refusal = { code: 'unsupported', message: expect.stringContaining('99') };
    await expect(service.migrate()).rejects.toMatchObject(refusal);
    await expect(service.checkSchema()).rejects.toMatchObject(refusal);
    await service.close();
  });

  it('goes on where someone has run what printMigrations gives', async () => {
    const { service, database, texts } = await inMemory();
    database.exec(printMigrations());
    texts.length = 0;
    await service.migrate();
    expect(texts).toHaveLength(1);
    await service.create(key);
    await service.close();
  });

  it('makes tables for each prefix', async () => {
    const { service: one, database } = await inMemory();
    await one.migrate();
    const other = new SqliteSessionService({ client: database, tablePrefix: 'other_' });
    await expect(other.create(key)).rejects.toMatchObject({ code: 'misconfigured' });
    await other.migrate();
    await other.create(key);
    expect(await one.get(key)).toBeUndefined();
    await one.close();
  });
});

describe('a database without tables', () => {
  it('is misconfigured, and says what to call', async () => {
    const { service } = await inMemory();
    const owner = { scope: 'app', appName: 'app' } as const;
    for (const call of [
      () => service.create(key),
      () => service.get(key),
      () => service.list({ appName: 'app', userId: 'user' }),
      () => service.delete(key),
      () => service.appendEvent({ ...key, event: {} }),
      () => service.listEvents(key),
      () => service.getState(owner),
      () => service.updateState({ ...owner, set: { a: 1 } }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'misconfigured',
        retryable: false,
        message: expect.stringContaining('migrate()'),
      });
    }
    await service.close();
  });

  it('stays as it is with migrate: false', async () => {
    const file = join(folder, 'empty.db');
    writeFileSync(file, '');
    await expect(
      SqliteSessionService.open({ url: `sqlite:${file}`, driver, migrate: false }),
    ).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('printMigrations()'),
    });
    expect(statSync(file).size).toBe(0);
  });
});

describe('open', () => {
  it('leaves a newer schema as it is', async () => {
    const file = join(folder, 'newer.db');
    const url = `sqlite:${file}`;
    const database = await openDatabase(file);
    database.exec(printMigrations());
    database.exec('INSERT INTO holdfast_migrations (version) VALUES (99)');
    database.close();
    const before = readFileSync(file);
    const refusal = { code: 'unsupported' };
    await expect(SqliteSessionService.open({ url, driver, migrate: false })).rejects.toMatchObject(
      refusal,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    await expect(SqliteSessionService.open({ url, driver })).rejects.toMatchObject(refusal);
  });

  it('takes a current schema with migrate: false', async () => {
    const url = `sqlite:${join(folder, 'current.db')}`;
    await (await SqliteSessionService.open({ url, driver })).close();
    const service = await SqliteSessionService.open({ url, driver, migrate: false });
    await service.create(key);
    await service.close();
  });
});
