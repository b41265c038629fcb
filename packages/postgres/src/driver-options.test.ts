import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import { type DriverOption, driverOptions, serverOptions } from './driver-options.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';
import { describeWithDatabase, TEST_URL, useDatabase } from './test-database.fixture.ts';

describeWithDatabase('An option of pg', () => {
  const { schema, open } = useDatabase();
  const now = () => 1_000;
  let expected: unknown;
  beforeAll(async () => {
    expected = await transcribe(open({ now }), randomUUID());
  });

  function serviceOver({ config }: DriverOption): PostgresSessionService {
    const client = new pg.Pool({ ...serverOptions(TEST_URL), ...config });
    // A pool whose connection could not even be begun never ends: close() gives it up in time.
    const callTimeout = 5_000;
    return new PostgresSessionService({ client, closeClient: true, schema, now, callTimeout });
  }

  for (const option of driverOptions(TEST_URL)) {
    const { setting, tried, effect, code } = option;
    const outcome = effect === 'harmless' ? 'changes no answer' : `is ${code}`;
    it(`${outcome}: ${setting} (${tried})`, { timeout: 20_000 }, async () => {
      await withDefaults(option.defaults, async () => {
        switch (effect) {
          case 'harmless': {
            await using service = serviceOver(option);
            await service.checkSchema();
            expect(await transcribe(service, randomUUID())).toStrictEqual(expected);
            break;
          }
          case 'refused':
            await expect(create(option)).rejects.toMatchObject({ code });
        }
      });
    });
  }

  async function create(option: DriverOption): Promise<unknown> {
    await using service = serviceOver(option);
    return await service.create({ appName: 'refused', userId: 'ada' });
  }
});

/** Sets what holds for every client that is made meanwhile. */
async function withDefaults(
  defaults: Readonly<Record<string, unknown>>,
  body: () => Promise<void>,
): Promise<void> {
  const before = { ...pg.defaults };
  Object.assign(pg.defaults, defaults);
  try {
    await body();
  } finally {
    Object.assign(pg.defaults, before, { parseInt8: false });
  }
}
