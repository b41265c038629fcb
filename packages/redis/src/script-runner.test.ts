import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { RedisClient } from './redis-client.ts';
import type { CheckedOptions } from './redis-options.ts';
import { ScriptRunner } from './script-runner.ts';
import { script } from './scripts/script.ts';

const call = script('return 1')([]);

/** A runner over a client that is connected, and whose next answers come after so many ms. */
function runnerOver({ delays, ...rest }: { delays: number[] } & Partial<RedisClient>) {
  const disconnect = vi.fn<(reconnect?: boolean) => void>();
  const evalsha = () => sleep(delays.shift() ?? 10_000, 'answer', { ref: false });
  const client = { status: 'ready', evalsha, disconnect, ...rest };
  const options = { client, callTimeout: 100, wait: undefined } as unknown as CheckedOptions;
  return { runner: new ScriptRunner(options), disconnect };
}

const late = { code: 'unavailable', retryable: true };

it('gives up a connection without an answer, once for all calls that wait for it', async () => {
  const { runner, disconnect } = runnerOver({ delays: [] });
  const first = expect(runner.read(call)).rejects.toMatchObject(late);
  await sleep(30);
  const second = expect(runner.read(call)).rejects.toMatchObject(late);
  await Promise.all([first, second]);
  await sleep(10);
  expect(disconnect.mock.calls).toStrictEqual([[true]]);
  await expect(runner.read(call)).rejects.toMatchObject(late);
  await sleep(10);
  expect(disconnect).toHaveBeenCalledTimes(2);
});

it('leaves a connection alone over which another call was answered in the meantime', async () => {
  const { runner, disconnect } = runnerOver({ delays: [10_000, 10] });
  const slow = expect(runner.read(call)).rejects.toMatchObject(late);
  expect(await runner.read(call)).toBe('answer');
  await slow;
  await sleep(10);
  expect(disconnect).not.toHaveBeenCalled();
});

it('does not take a process that was busy for a silent connection', async () => {
  const { runner, disconnect } = runnerOver({ delays: [105] });
  const waiting = expect(runner.read(call)).rejects.toMatchObject(late);
  const start = performance.now();
  while (performance.now() - start < 200);
  await waiting;
  await sleep(10);
  expect(disconnect).not.toHaveBeenCalled();
});

it('leaves alone what is no connection of one server that was brought', async () => {
  const others = [{ status: 'reconnecting' }, { status: undefined }, { isCluster: true }];
  for (const other of others as Partial<RedisClient>[]) {
    const { runner, disconnect } = runnerOver({ delays: [], ...other });
    await expect(runner.read(call)).rejects.toMatchObject(late);
    await sleep(10);
    expect(disconnect).not.toHaveBeenCalled();
  }
});
