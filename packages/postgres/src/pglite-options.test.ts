import { randomUUID } from 'node:crypto';
import { PGlite, type PGliteOptions, types } from '@electric-sql/pglite';
import { beforeAll, describe, expect, it } from 'vitest';
import { transcribe } from '../../sql/src/transcript.fixture.ts';
import { PostgresSessionService } from './postgres-session-service.ts';

async function transcribeOver(options: PGliteOptions): Promise<unknown> {
  const client = new PGlite(options);
  const now = () => 1_000;
  await using service = new PostgresSessionService({ client, closeClient: true, now });
  await service.migrate();
  return await transcribe(service, randomUUID());
}

// All types that a statement of a store could have.
const TYPES = [types.INT8, types.INT4, types.TEXT, types.VARCHAR, 1016, 1009];

function forAll<Handler>(handler: Handler): Record<number, Handler> {
  return Object.fromEntries(TYPES.map((type) => [type, handler]));
}

describe('An option of PGlite', { timeout: 60_000 }, () => {
  let expected: unknown;
  beforeAll(async () => {
    expected = await transcribeOver({});
  }, 60_000);

  const options: Readonly<Record<string, PGliteOptions>> = {
    'parsers that give an object': { parsers: forAll((text: string) => ({ text })) },
    'parsers that give BigInt': { parsers: { [types.INT8]: BigInt, [types.INT4]: BigInt } },
    serializers: { serializers: forAll(() => 'something else') },
    relaxedDurability: { relaxedDurability: true },
    startParams: { startParams: [...PGlite.defaultStartParams, '-c', 'IntervalStyle=iso_8601'] },
  };
  for (const [title, option] of Object.entries(options)) {
    it(`changes no answer: ${title}`, async () => {
      expect(await transcribeOver(option)).toStrictEqual(expected);
    });
  }
});
