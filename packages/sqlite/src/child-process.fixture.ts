import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of its own that runs a file of this folder, and talks to its parent. */
export interface TestProcess {
  send(message: unknown): void;
  /** The next message; what is said before it is asked for waits. Fails where there is none. */
  next<Message>(): Promise<Message>;
  /** Halts it, wherever it is, until it is resumed. */
  halt(): void;
  resume(): void;
  /** Ends it at once, as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
}

export function startProcess(file: string, options: object): TestProcess {
  const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, [JSON.stringify(options)], {
    env,
    execArgv: ['--import', 'tsx', '--disable-warning=ExperimentalWarning'],
  });
  running.add(child);
  const messages: unknown[] = [];
  let wake = () => {};
  const exit = once(child, 'exit');
  child.on('message', (message) => {
    messages.push(message);
    wake();
  });
  child.once('exit', () => {
    running.delete(child);
    wake();
  });
  return {
    send: (message) => child.send(message as object),
    async next<Message>() {
      while (messages.length === 0) {
        if (!running.has(child)) throw new Error(`${file} has ended`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return messages.shift() as Message;
    },
    halt: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
