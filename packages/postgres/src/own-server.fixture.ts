import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** Where PostgreSQL's programs are; undefined where they are not installed. */
export const serverPrograms: string | undefined = findPrograms();

/** A server of a test's own, which it may stop and start. */
export class OwnServer {
  readonly #folder: string;
  readonly #port: number;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  static async create(): Promise<OwnServer> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-server-'));
    chmodSync(folder, 0o777);
    runAsPostgres([
      'initdb',
      '--no-sync',
      '-A',
      'trust',
      '-U',
      'postgres',
      '-D',
      join(folder, 'data'),
    ]);
    return new OwnServer(folder, await freePort());
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  /** Returns when it takes connections. */
  start(): void {
    const settings = `-p ${this.#port} -k ${this.#folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
    this.#control(['start', '-w', '-o', settings, '-l', join(this.#folder, 'log')]);
  }

  stop(mode: 'fast' | 'immediate'): void {
    this.#control(['stop', '-w', '-m', mode]);
  }

  /** Makes all of its processes stand still, and gives the function that lets them go on. */
  freeze(): () => void {
    const [first] = readFileSync(join(this.#folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
    const pids = [Number(first)];
    process.kill(Number(first), 'SIGSTOP');
    const children = spawnSync('ps', ['-o', 'pid=', '--ppid', `${first}`], { encoding: 'utf8' });
    for (const pid of children.stdout.split('\n').filter((line) => line.trim() !== '')) {
      pids.push(Number(pid));
      kill(Number(pid), 'SIGSTOP');
    }
    return () => {
      for (const pid of pids) kill(pid, 'SIGCONT');
    };
  }

  /** Makes a user who may create schemas, and has to give a password. */
  async requirePassword(login: {
    readonly user: string;
    readonly password: string;
  }): Promise<void> {
    const client = new pg.Client(this.url);
    await client.connect();
    const password = pg.escapeLiteral(login.password);
    await client.query(`CREATE ROLE ${login.user} LOGIN PASSWORD ${password}`);
    await client.query(`GRANT CREATE ON DATABASE postgres TO ${login.user}`);
    await client.end();
    const rules = [`host all ${login.user} all scram-sha-256`, 'host all all all trust'];
    writeFileSync(join(this.#folder, 'data', 'pg_hba.conf'), `${rules.join('\n')}\n`);
    // A reload takes effect at some time later.
    this.stop('fast');
    this.start();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #control(args: readonly string[]): void {
    runAsPostgres(['pg_ctl', '-D', join(this.#folder, 'data'), ...args]);
  }
}

/** Signals a process, which may have ended meanwhile. */
function kill(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, signal);
  } catch {}
}

/** A command for a user that PostgreSQL's programs accept: they refuse root. */
export function asPostgres(command: readonly string[]): readonly [string, readonly string[]] {
  const isRoot = process.getuid?.() === 0;
  const [program = '', ...args] = isRoot
    ? ['runuser', '-u', 'postgres', '--', ...command]
    : command;
  return [program, args];
}

function runAsPostgres([program = '', ...args]: readonly string[]): void {
  const [first, rest] = asPostgres([join(serverPrograms ?? '', program), ...args]);
  execFileSync(first, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir() });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function findPrograms(): string | undefined {
  const [program] = asPostgres([]);
  if (program !== '' && spawnSync('id', ['postgres']).status !== 0) return undefined;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}
