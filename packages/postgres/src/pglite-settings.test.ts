import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exercise } from '../../sql/src/exercise.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { SERVER_SETTINGS, type ServerSetting } from './server-settings.fixture.ts';

// A PGlite is a newer PostgreSQL than most servers, and has settings that they do not have.
describe('A setting of PGlite', () => {
  const pglite = new PGlite();
  let names: ReadonlySet<string>;
  beforeAll(async () => {
    const { rows } = await pglite.query<{ name: string }>(
      "SELECT name FROM pg_settings WHERE context IN ('user', 'superuser') AND name NOT LIKE '%.%'",
    );
    names = new Set(rows.map(({ name }) => name));
  });
  afterAll(() => pglite.close());

  /** The settings that it has, but for what it was built without, and what one transaction has. */
  function settingsOf(effect: ServerSetting['effect']): readonly ServerSetting[] {
    const isLeftOut = /^default_toast_compression$|^transaction_(?!timeout)/;
    return SERVER_SETTINGS.filter(
      (each) => each.effect === effect && names.has(each.setting) && !isLeftOut.test(each.setting),
    );
  }

  async function withSetting(
    { setting, tried }: ServerSetting,
    body: () => Promise<void>,
  ): Promise<void> {
    await pglite.query('SELECT set_config($1, $2, false)', [setting, tried]);
    try {
      await body();
    } catch (cause) {
      throw new Error(`${setting} = ${tried}: ${cause}`, { cause });
    } finally {
      await pglite.query(`RESET ${setting}`);
    }
  }

  it('that could change an answer, and does not, changes none', { timeout: 240_000 }, async () => {
    const service = new PostgresSessionService({ client: pglite, schema: 'public' });
    await service.migrate();
    const settings = settingsOf('harmless').filter(({ about }) => about === 'answers');
    for (const [i, setting] of settings.entries()) {
      await withSetting(setting, () => exercise(service, `app ${i}`));
    }
  });

  it('that would change one is refused by its name', async () => {
    for (const [i, each] of settingsOf('refused').entries()) {
      const { setting, code = 'misconfigured' } = each;
      // A connection is looked at when it is used first, for each service with tables of its own.
      const service = new PostgresSessionService({ client: pglite, tablePrefix: `t${i}_` });
      const refused = { code, message: expect.stringContaining(setting) };
      await withSetting(each, () => expect(service.migrate()).rejects.toMatchObject(refused));
    }
  });

  it('is one that was tried, if a session can change it', () => {
    const tried = new Set(SERVER_SETTINGS.map(({ setting }) => setting));
    expect([...names].filter((name) => !tried.has(name))).toStrictEqual([]);
  });
});
