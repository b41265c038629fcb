import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_FOLDER } from '../run/folders.ts';
import { describeMachine } from '../run/machine.ts';
import { Places } from '../run/places.ts';
import type { Machine } from '../run/results.ts';
import { connectServers } from '../run/server-admins.ts';
import type { Servers } from '../run/servers.ts';
import { packInto } from '../start/pack-workspace.ts';
import type { AgainstLine } from './against-line.ts';
import { BUILDS, type OfBoth } from './build.ts';
import { comparisonTable } from './comparison-table.ts';
import { FULL_PAIRS, SHORT_PAIRS } from './effort.ts';
import { installBuild } from './install-build.ts';
import { type CallResult, runComparison } from './run-comparison.ts';
import { COMPARED_STORES } from './stores.ts';

export interface AgainstOptions {
  readonly line: AgainstLine;
  readonly servers: Servers;
  readonly signal: AbortSignal;
  /** Takes what it is about to do. */
  readonly log: (line: string) => void;
  /** Takes the tables. */
  readonly print: (text: string) => void;
}

/** What `--json` writes. */
export interface AgainstResults {
  /** Of the day on which it was measured: `2026-01-31`. */
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly short: boolean;
  /** What was measured, by the id of the store. */
  readonly stores: Readonly<Record<string, readonly CallResult[]>>;
}

/**
 * Compares a build of the packages with another one, call by call, on each store, and prints a
 * table for each. Gives how many calls could not be measured.
 */
export async function runAgainst(options: AgainstOptions): Promise<number> {
  const { line, servers, signal, log, print } = options;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-against-'));
  const { admins, absent } = await connectServers(servers);
  const places = new Places({ servers, admins });
  const stores: Record<string, readonly CallResult[]> = {};
  try {
    const installed = installBoth(line, { folder, log });
    for (const store of COMPARED_STORES) {
      if (line.only?.includes(store.id) === false) continue;
      const away = absent.find(({ group }) => group === store.group);
      if (away !== undefined) {
        log(`${store.id} is left out: ${away.reason}`);
        continue;
      }
      const effort = line.short ? SHORT_PAIRS : FULL_PAIRS;
      const found = await runComparison({
        ...{ ...line, store, installed, places, signal, log },
        effort: { ...effort, pairs: line.pairs ?? effort.pairs },
        timeoutMs: 600_000,
      });
      stores[store.id] = found;
      print(`\n## ${store.title}\n\n${comparisonTable(found)}`);
    }
  } finally {
    places.close();
    await Promise.all(admins.map((admin) => admin.close()));
    rmSync(folder, { recursive: true, force: true });
  }
  if (line.json !== undefined) {
    const results: AgainstResults = {
      date: new Date().toISOString().slice(0, 10),
      machine: describeMachine(admins.map(({ version }) => version)),
      ...{ rounds: line.rounds, short: line.short, stores },
    };
    writeFileSync(line.json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  return Object.values(stores)
    .flat()
    .filter((result) => 'failure' in result).length;
}

function installBoth(
  { against, now }: AgainstLine,
  { folder, log }: { readonly folder: string; readonly log: (line: string) => void },
): OfBoth<string> {
  const packed = now ?? join(folder, 'archives');
  if (now === undefined) {
    log('Building and packing the workspace …');
    packInto(packed, ROOT_FOLDER);
  }
  log('Installing both builds …');
  const archives = { before: against, now: packed };
  for (const build of BUILDS) {
    installBuild({ archives: archives[build], folder: join(folder, build) });
  }
  return { before: join(folder, 'before'), now: join(folder, 'now') };
}
