import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import { driverOptions, serverOptions } from './driver-options.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('An option of pg', () => {
  const { schema, open } = useDatabase();
  const now = () => 1_000;
  let expected: unknown;
  beforeAll(async () => {
    expected = await transcribe(open({ now }), randomUUID());
  });

  function serviceOver(client: pg.Pool): PostgresSessionService {
    return new PostgresSessionService({ client, schema, now });
  }

  for (const option of driverOptions(TEST_URL)) {
    const { setting, tried, effect, code } = option;
    const outcome = effect === 'harmless' ? 'changes no answer' : `is ${code}`;
    it(`${outcome}: ${setting} (${tried})`, { timeout: 20_000 }, async () => {
      await withDefaults(option.defaults, async () => {
        const client = new pg.Pool({ ...serverOptions(TEST_URL), ...option.config });
        switch (effect) {
          case 'harmless': {
            const service = serviceOver(client);
            await service.checkSchema();
            expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
            await service.close();
            await client.end();
            break;
          }
          case 'refused':
            await expect(create(client)).rejects.toMatchObject({ code });
            // A pool whose connection could not even be begun never ends.
            void client.end();
        }
      });
    });
  }

  async function create(client: pg.Pool): Promise<unknown> {
    await using service = serviceOver(client);
    return await service.create({ appName: 'refused', userId: 'ada' });
  }
});

/** Sets what holds for every client that is made meanwhile. */
async function withDefaults(
  defaults: Readonly<Record<string, unknown>>,
  body: () => Promise<void>,
): Promise<void> {
  const own = pg.defaults as Record<string, unknown>;
  const before = { ...own };
  Object.assign(own, defaults);
  try {
    await body();
  } finally {
    for (const name of Object.keys(defaults)) {
      if (name in before) own[name] = before[name];
      else delete own[name];
    }
    // It can only be set, and sets a parser.
    pg.defaults.parseInt8 = false;
  }
}
