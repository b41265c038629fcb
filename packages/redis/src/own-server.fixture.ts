import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { describe } from 'vitest';

/** The program of a server, if it is installed. */
const program = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

const isSkipped = program === undefined && !process.env['CI'];
if (isSkipped) console.warn('Skipped: no redis-server. To install it: apt-get install redis');

/** A `describe` that is skipped if no server is installed. If `CI` is set, it fails instead. */
export function describeWithOwnServer(name: string, body: () => void): void {
  describe.skipIf(isSkipped)(isSkipped ? `${name} (no redis-server)` : name, body);
}

/** A server of the tests' own, which they may stop, fill and break. */
export class OwnServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  readonly #options: readonly string[];
  readonly #clients: Redis[] = [];
  #child: ChildProcess | undefined;
  #guard: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  /** Starts a server on a spare port. `options` are those of its command line. */
  static async start(...options: readonly string[]): Promise<OwnServer> {
    for (let tries = 1; ; tries++) {
      const server = new OwnServer(await sparePort(), options);
      try {
        await server.start();
        return server;
      } catch (error) {
        await server.remove();
        // Somebody else may have taken the port in the meantime.
        if (tries === 5) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it again, with the data that it had on its disk. */
  async start(): Promise<void> {
    await this.launch();
    // However long it takes on a busy machine.
    const client = this.client({ enableReadyCheck: false, maxRetriesPerRequest: null });
    const ended = once(this.#child as ChildProcess, 'exit').then(() => {
      throw new Error(`redis-server ended as it was started on port ${this.port}`);
    });
    // Any answer will do: it may ask for a password.
    await Promise.race([client.ping().catch(() => {}), ended]).finally(() => client.disconnect());
  }

  /** Starts it, and doesn't wait until it answers. */
  async launch(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const child = spawn(program ?? 'redis-server', [...own, '--save', '', ...this.#options], {
      stdio: 'ignore',
    });
    await once(child, 'spawn');
    this.#child = child;
    // It ends the server when this process is gone, however that ends: its input ends with it.
    this.#guard = spawn('sh', ['-c', `cat; kill -9 ${child.pid}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  /** Ends it, and waits until it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    this.#guard?.kill('SIGKILL');
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Stops it for a while, as a machine that hangs; or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** A client that goes with the server. */
  client(options: RedisOptions = {}): Redis {
    const all: object = { retryStrategy: () => 20, ...options };
    const client = new Redis(this.port, '127.0.0.1', all);
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  /** Ends it, its clients and its data. */
  async remove(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.stop('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A port on which nobody listens, nor on that of a Cluster's bus, 10,000 above. */
export async function sparePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 30_000);
    if ((await isSpare(port)) && (await isSpare(port + 10_000))) return port;
  }
}

async function isSpare(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Asks again and again, as a server tells nobody when something has come true. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await sleep(20);
}
