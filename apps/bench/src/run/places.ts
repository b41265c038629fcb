import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from '../contestants/contestant.ts';
import type { Place } from '../contestants/place.ts';
import type { ServerAdmin } from './server-admins.ts';
import type { Servers } from './servers.ts';

/** Makes a place for each child, and removes it afterwards, whatever became of the child. */
export class Places {
  readonly #servers: Servers;
  readonly #admins: readonly ServerAdmin[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  readonly #shared = mkdtempSync(join(this.#folder, 'shared-'));
  readonly #name = `holdfast_bench_${process.pid}`;
  #count = 0;

  constructor({ servers, admins }: { servers: Servers; admins: readonly ServerAdmin[] }) {
    this.#servers = servers;
    this.#admins = admins;
  }

  /** Runs `work` with a place; only a database of `group` is made. */
  async within<Result>(group: Group, work: (place: Place) => Promise<Result>): Promise<Result> {
    const name = `${this.#name}_${++this.#count}`;
    const folder = mkdtempSync(join(this.#folder, 'place-'));
    const admin = this.#admins.find((each) => each.group === group);
    try {
      await admin?.create(name);
      return await work({
        folder,
        shared: this.#shared,
        postgresUrl: withDatabase(this.#servers.postgres, name),
        mysqlUrl: withDatabase(this.#servers.mysql, name),
        redisUrl: this.#servers.redis,
        redisPrefix: name,
      });
    } finally {
      await admin?.drop(name);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
