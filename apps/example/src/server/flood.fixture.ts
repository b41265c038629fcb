import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';

const fromRoot = createRequire(new URL('../../../../package.json', import.meta.url));
const tsx = pathToFileURL(fromRoot.resolve('tsx')).href;
const program = fileURLToPath(new URL('./flooder.fixture.ts', import.meta.url));

interface Target {
  readonly url: string;
  readonly cookie: string;
  readonly path: string;
}

export interface RequestFlood extends Target {
  readonly kind: 'requests';
  readonly connections: number;
  /** How often each connection asks, without waiting for an answer. */
  readonly times: number;
  /** Whether it takes what it is answered. */
  readonly reads: boolean;
}

export interface SocketFlood extends Target {
  readonly kind: 'socket';
  /** What it says; undefined for pings. */
  readonly message?: string;
  readonly times: number;
}

/** What a flooder does, as fast as it can. */
export type Flood = RequestFlood | SocketFlood;

/** What a flooder has been answered so far. */
export interface FloodReport {
  /** How many answers there were, by their status. */
  readonly statuses: Record<string, number>;
  answers: number;
  /** With which code the server has closed the WebSocket. */
  closeCode: number | undefined;
}

export interface RunningFlood {
  /** The last that it has told. */
  readonly report: FloodReport;
  stop(): void;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** Floods a server from another process. Gives control back when all is said. */
export async function startFlood(flood: Flood): Promise<RunningFlood> {
  const child = fork(program, [JSON.stringify(flood)], { execArgv: ['--import', tsx] });
  running.add(child);
  let report: FloodReport = { statuses: {}, answers: 0, closeCode: undefined };
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error('the flooder has ended')));
    child.on('message', (message) => {
      if (message === 'flooding') resolve();
      else report = message as FloodReport;
    });
  });
  return {
    get report() {
      return report;
    },
    stop: () => child.kill('SIGKILL'),
  };
}
