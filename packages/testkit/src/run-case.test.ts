import { StoredSessionService } from '@holdfast/session/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MinimalStore } from './proof/minimal-store.ts';
import { CASE_TIMEOUT_MS, runCase } from './run-case.ts';
import { runConformance } from './run-conformance.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('runCase', () => {
  it('ends a case whose call never ends, and says so', async () => {
    vi.useFakeTimers();
    class Silent extends StoredSessionService {
      override delete(): Promise<boolean> {
        return new Promise(() => {});
      }
      override close(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const result = runCase(
      {
        concern: 'delete',
        title: 'deletes',
        run: async ({ service, newKey }) => void (await service.delete(newKey())),
      },
      { name: 'silent', create: () => new Silent(new MinimalStore()) },
    );
    await vi.advanceTimersByTimeAsync(CASE_TIMEOUT_MS * 2);
    expect(await result).toMatchObject({
      status: 'failed',
      error: expect.objectContaining({ message: 'did not finish within 60 s' }),
    });
  });
});

describe('runConformance', () => {
  const create = () => new StoredSessionService(new MinimalStore());

  it.each([
    [{ name: undefined, create }, 'name'],
    [{ name: 'x', create: undefined }, 'create'],
    [{ name: 'x', create, propertyRuns: 0 }, 'propertyRuns'],
    [{ name: 'x', create, seed: 0.5 }, 'seed'],
  ])('refuses wrong options instead of blaming the store', async (options, path) => {
    await expect(runConformance(options as never)).rejects.toMatchObject({
      code: 'invalid_argument',
      path,
    });
  });
});
