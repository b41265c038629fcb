import { describe, expect, it } from 'vitest';
import { retryContention } from './pooled-client.ts';

const isDeadlock = (error: unknown) => (error as Error).message === 'deadlock';

describe('retryContention', () => {
  it('tries again after a deadlock', async () => {
    let attempts = 0;
    const result = await retryContention(async () => {
      attempts++;
      if (attempts < 3) throw new Error('deadlock');
      return 'done';
    }, isDeadlock);
    expect([result, attempts]).toStrictEqual(['done', 3]);
  });

  it('gives up after ten attempts', async () => {
    let attempts = 0;
    const attempt = async () => {
      attempts++;
      throw new Error('deadlock');
    };
    await expect(retryContention(attempt, isDeadlock)).rejects.toThrow('deadlock');
    expect(attempts).toBe(10);
  });

  it('does not try again after another error', async () => {
    let attempts = 0;
    const attempt = async () => {
      attempts++;
      throw new Error('duplicate');
    };
    await expect(retryContention(attempt, isDeadlock)).rejects.toThrow('duplicate');
    expect(attempts).toBe(1);
  });
});
