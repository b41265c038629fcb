import { StoredSessionService } from '@holdfast/session/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ConformanceCase } from './conformance-case.ts';
import { formatReport } from './conformance-report.ts';
import { MinimalStore } from './proof/minimal-store.ts';
import { CASE_TIMEOUT_MS, CaseRunner } from './run-case.ts';
import { runCases, runConformance } from './run-conformance.ts';
import { upTo } from './scenario.ts';

afterEach(() => {
  vi.useRealTimers();
});

class Silent extends StoredSessionService {
  override delete(): Promise<boolean> {
    return new Promise(() => {});
  }
}

class NeverCloses extends StoredSessionService {
  override close(): Promise<void> {
    return new Promise(() => {});
  }
}

const deletes: ConformanceCase = {
  concern: 'delete',
  title: 'deletes',
  run: async ({ service, newKey }) => void (await service.delete(newKey())),
};

describe('a case', () => {
  it('ends if a call never ends, and says so', async () => {
    vi.useFakeTimers();
    const create = () => new Silent(new MinimalStore());
    const result = new CaseRunner({ name: 'silent', create }).run(deletes);
    await vi.advanceTimersByTimeAsync(CASE_TIMEOUT_MS);
    expect(await result).toMatchObject({
      status: 'failed',
      error: expect.objectContaining({
        message: expect.stringMatching(
          /^did not finish within 60 s\n\nthe last of 1 calls .*\n {2}1\. service\.delete\(.*\) → no answer yet/,
        ),
      }),
    });
  });

  it('fails if its service cannot be closed', async () => {
    const create = () => new NeverCloses(new MinimalStore());
    const runner = new CaseRunner({ name: 'never closes', create, caseTimeout: 1 });
    expect(await runner.run({ ...deletes, run: async () => {} })).toMatchObject({
      status: 'failed',
      error: expect.objectContaining({ message: 'close did not finish within 0.001 s' }),
    });
  });

  it('says at which step it failed, and with which seed', async () => {
    const create = () => new StoredSessionService(new MinimalStore());
    const result = await new CaseRunner({ name: 'minimal', create, seed: 7 }).run({
      ...deletes,
      async run({ service, newKey }) {
        const key = newKey();
        await service.create({ ...key, state: { a: 1 } });
        await service.get(key);
        await service.appendEvent({ ...key, sessionId: 'other', event: { id: 'e1' } });
      },
    });
    const text = formatReport({
      ...(await runCases([], { name: 'minimal', create })),
      results: [result],
    });
    expect(text).toMatch(/1\. service\.create\(\{"appName":"app-…\w{4}".*"state":\{"a":1\}\}\) → /);
    expect(text).toMatch(/3\. service\.appendEvent\(.*\) → not_found: /);
    expect(text).toContain('(seed 7)');
  });

  it('gives the same random numbers for the same seed', async () => {
    const create = () => new StoredSessionService(new MinimalStore());
    const drawn: number[][] = [];
    const draws: ConformanceCase = {
      ...deletes,
      run: async ({ random }) => void drawn.push(upTo(20).map(() => random.below(1000))),
    };
    for (const seed of [1, 1, 2]) await new CaseRunner({ name: 'x', create, seed }).run(draws);
    const [first, second, third] = drawn;
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });
});

describe('a run', () => {
  it('ends after three time-outs, is not ok, and shows how far it is', async () => {
    const create = () => new Silent(new MinimalStore());
    const cases = upTo(9).map((n) => ({ ...deletes, title: `deletes ${n}` }));
    const seen: string[] = [];
    const report = await runCases(cases, {
      name: 'silent',
      create,
      caseTimeout: 1,
      onResult: ({ status }, { done, total }) => seen.push(`${done}/${total} ${status}`),
    });
    expect(report).toMatchObject({ ok: false, failed: 3, skipped: 6 });
    expect(seen[0]).toBe('1/9 failed');
    expect(seen.at(-1)).toBe('9/9 skipped');
    expect(formatReport(report)).toContain('(not run, after 3 time-outs)');
  });
});

describe('runConformance', () => {
  const create = () => new StoredSessionService(new MinimalStore());

  it.each([
    [{ name: undefined, create }, 'name'],
    [{ name: 'x', create: undefined }, 'create'],
    [{ name: 'x', create, propertyRuns: 0 }, 'propertyRuns'],
    [{ name: 'x', create, seed: 0.5 }, 'seed'],
    [{ name: 'x', create, caseTimeout: 0 }, 'caseTimeout'],
    [{ name: 'x', create, startProcess: 'node' }, 'startProcess'],
  ])('refuses wrong options instead of blaming the store', async (options, path) => {
    await expect(runConformance(options as never)).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
    });
  });
});
