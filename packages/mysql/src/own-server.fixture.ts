import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe } from 'vitest';

const run = promisify(execFile);

const SERVER = 'mariadbd';
const INSTALL = 'mariadb-install-db';

const isInstalled = await run(SERVER, ['--version']).then(
  () => true,
  () => false,
);

/** A `describe` that is skipped where no server can be started, and says what is missing. */
export function describeWithOwnServer(name: string, body: () => void): void {
  if (isInstalled || process.env['CI']) describe(name, body);
  else describe.skip(`${name} (no ${SERVER}: apt-get install mariadb-server)`, body);
}

export interface OwnServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it without a chance to put anything in order. */
  crash(): Promise<void>;
  /** Lets it stand still, until it goes on. */
  freeze(): void;
  goOn(): void;
  /** Stops it, and removes its data. */
  remove(): Promise<void>;
}

/** A server of one test file, with a database `test` that is empty. */
export async function createServerOfOwn(...options: readonly string[]): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-mariadb-'));
  const user = `--user=${userInfo().username}`;
  const data = `--datadir=${join(folder, 'data')}`;
  const root = '--auth-root-authentication-method=normal';
  await run(INSTALL, ['--no-defaults', user, data, '--skip-test-db', root]);
  const port = await sparePort();
  const socket = `--socket=${join(folder, 'socket')}`;
  const address = [`--port=${port}`, '--bind-address=127.0.0.1', socket];
  // Small, and in no hurry: it is thrown away.
  const size = ['--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=0'];
  const init = join(folder, 'init.sql');
  let running: { readonly child: ChildProcess; readonly ended: Promise<void> } | undefined;

  async function start() {
    await writeFile(init, 'CREATE DATABASE IF NOT EXISTS test;\n');
    const args = ['--no-defaults', user, data, ...address, ...size, `--init-file=${init}`];
    const child = spawn(SERVER, [...args, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    running = { child, ended };
    await new Promise<void>((resolve, reject) => {
      const said: string[] = [];
      createInterface(child.stderr).on('line', (line) => {
        said.push(line);
        if (line.includes('ready for connections')) resolve();
      });
      void ended.then(() => reject(new Error(said.join('\n'))));
    });
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL') {
    running?.child.kill(signal);
    await running?.ended;
    running = undefined;
  }
  const stop = () => end('SIGTERM');

  return {
    url: `mysql://root@127.0.0.1:${port}/test`,
    start,
    stop,
    crash: () => end('SIGKILL'),
    freeze: () => void running?.child.kill('SIGSTOP'),
    goOn: () => void running?.child.kill('SIGCONT'),
    async remove() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

function sparePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
