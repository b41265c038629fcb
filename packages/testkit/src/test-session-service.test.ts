import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StoredSessionService } from '@holdfast/session/store';
import { describe, expect, it } from 'vitest';
import { allCases } from './all-cases.ts';
import type { Capability } from './conformance-case.ts';
import { brokenReads } from './proof/broken-reads.ts';
import { MinimalStore } from './proof/minimal-store.ts';
import { testSessionService } from './test-session-service.ts';

testSessionService(
  { describe, it },
  {
    name: 'the minimal service',
    create: () => new StoredSessionService(new MinimalStore()),
    propertyRuns: 5,
  },
);

describe('testSessionService', () => {
  it('runs under node:test, where a denied capability shows as a skip with its reason', async () => {
    const fixture = fileURLToPath(new URL('./test-session-service.fixture.ts', import.meta.url));
    const args = ['--import', 'tsx', '--test', '--test-reporter', 'tap', fixture];
    const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toContain('# fail 0');
    const { capabilities } = new StoredSessionService(new MinimalStore());
    const isDenied = (need: Capability) => need === 'listAllUsers' || !capabilities[need];
    const skipped = allCases.filter(
      ({ needs = [], needsProcess, needsScan }) =>
        needsProcess === true || needsScan === true || [needs].flat().some(isDenied),
    );
    expect(stdout).toContain(`# skipped ${skipped.length}`);
    expect(stdout).toContain('# SKIP the service does not have the capability listAllUsers');
  }, 120_000);

  it('registers one test for each case, and a broken rule fails its test', async () => {
    const tests = new Map<string, () => Promise<void>>();
    const [broken] = brokenReads;
    if (broken?.failsAt === undefined) throw new Error('there is no broken service');
    let concern = '';
    testSessionService(
      {
        describe(title, body) {
          concern = title;
          body();
        },
        it: (title, body) => tests.set(`${concern}: ${title}`, body),
      },
      { name: broken.fault, create: broken.create },
    );
    expect(tests.size).toBe(allCases.length);
    // Jest, Mocha and Bun wait for one that has a parameter to call it.
    expect([...tests.values()].filter(({ length }) => length > 0)).toEqual([]);
    const run = (title: string) => tests.get(`get: ${title}`)?.();
    await expect(run(broken.failsAt)).rejects.toThrow();
    await run('gives undefined if there is no session');
  });
});
