import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { RedisClient, RedisStream } from './redis-client.ts';
import type { CheckedOptions } from './redis-options.ts';
import { ScriptRunner } from './script-runner.ts';
import { script } from './scripts/script.ts';

const call = script('return 1')([]);

interface Command {
  toWritable(stream: RedisStream): unknown;
}

/** A runner over a client that writes at once, and whose next answers come after so many ms. */
function runnerOver(delays: number[]) {
  const destroy = vi.fn();
  const stream = { bytesRead: 0, destroy };
  const answer = async () => {
    await sleep(delays.shift() ?? 10_000, undefined, { ref: false });
    stream.bytesRead++;
    return 'answer';
  };
  const client = {
    status: 'ready',
    stream,
    sendCommand(command: Command) {
      command.toWritable(stream);
      return answer();
    },
    evalsha(this: { sendCommand(command: Command): Promise<unknown> }) {
      return this.sendCommand({ toWritable: () => 'EVALSHA' });
    },
    eval: async () => [[], 10, 'text', null],
    pipeline: () => {},
  };
  const options = { client: client as unknown as RedisClient, callTimeout: 100, wait: undefined };
  return { runner: new ScriptRunner(options as CheckedOptions), destroy };
}

const late = { code: 'unavailable', retryable: true };

it('gives up a connection on which nothing came since a call was sent', async () => {
  const { runner, destroy } = runnerOver([]);
  await expect(runner.read(call)).rejects.toMatchObject(late);
  await turn();
  expect(destroy).toHaveBeenCalled();
});

it('leaves a connection alone over which another call was answered in the meantime', async () => {
  const { runner, destroy } = runnerOver([10_000, 10]);
  const slow = expect(runner.read(call)).rejects.toMatchObject(late);
  expect(await runner.read(call)).toBe('answer');
  await slow;
  await turn();
  expect(destroy).not.toHaveBeenCalled();
});

it('does not take a process that was busy for a silent connection', async () => {
  const { runner, destroy } = runnerOver([1, 105]);
  await runner.read(call);
  const waiting = expect(runner.read(call)).rejects.toMatchObject(late);
  // The call is under way.
  await turn();
  const start = performance.now();
  while (performance.now() - start < 200);
  await waiting;
  await turn();
  expect(destroy).not.toHaveBeenCalled();
});
