import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasAllDrivers, isBun } from './test-database.fixture.ts';

const cwd = fileURLToPath(new URL('..', import.meta.url));
// It is in the package of the platform: what would move it is an install script, which does not run.
const fromBun = createRequire(createRequire(import.meta.url).resolve('bun/package.json'));

function bunOfPlatform(): string | undefined {
  try {
    return fromBun.resolve(`@oven/bun-${process.platform}-${process.arch}/bin/bun`);
  } catch {
    return undefined;
  }
}

const isCi = process.env['CI'] !== undefined;
const bun = isBun ? undefined : bunOfPlatform();
// A machine that nobody has made a Bun for goes without, and CI starts Bun from its oldest Node alone.
const isLeftOut = isBun || (isCi ? hasAllDrivers : bun === undefined);

describe('SqliteSessionService in Bun', () => {
  it.skipIf(isLeftOut)(
    'passes all tests of this folder by bun:sqlite',
    { timeout: 300_000 },
    async () => {
      const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, VITEST: ___, ...env } = process.env;
      const run = promisify(execFile)(String(bun), ['test', '--timeout', '60000', './src/'], {
        cwd,
        env,
        maxBuffer: 100_000_000,
      });
      const { stderr } = await run.catch(({ stdout, stderr }) => {
        throw new Error(`tests failed in Bun:\n${failures(stderr)}\n${stdout}`);
      });
      // The kit by three ways to open a database, and what is tried beside it.
      expect(Number(/(\d+) pass/.exec(stderr)?.[1])).toBeGreaterThan(900);
    },
  );
});

/** What a run says, without the tests that passed. */
function failures(said: string): string {
  return said.replaceAll(/^\((?:pass|skip)\).*\n/gm, '');
}
