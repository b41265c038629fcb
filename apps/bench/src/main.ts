import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AgainstLine } from './against/against-line.ts';
import { runAgainst } from './against/run-against.ts';
import { writeReport } from './report/write-report.ts';
import { type CommandLine, parseCommandLine, USAGE } from './run/command-line.ts';
import { REPORT_FOLDER } from './run/folders.ts';
import { installPeers } from './run/install-peers.ts';
import { asksPeers, runBench } from './run/run-bench.ts';
import { serversFromEnvironment } from './run/servers.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let line: CommandLine;
  try {
    line = parseCommandLine(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (line.help) {
    console.log(USAGE);
    return 0;
  }
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
  try {
    const { against } = line;
    const failures = await (against === undefined
      ? report(line, abort.signal)
      : compare(against, abort.signal));
    return failures === 0 ? 0 : 1;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    log('Ended before it was done.');
    return 130;
  }
}

/** Compares two builds. Gives how many calls could not be measured. */
async function compare(asked: AgainstLine, signal: AbortSignal): Promise<number> {
  const { against, now, json } = asked;
  const line = {
    ...asked,
    against: fromHere(against),
    now: now === undefined ? undefined : fromHere(now),
    json: json === undefined ? undefined : fromHere(json),
  };
  const print = (text: string) => console.log(text);
  return runAgainst({ line, servers: serversFromEnvironment(process.env), signal, log, print });
}

/** Measures what is asked for, and writes the report. Gives how often something failed. */
async function report(line: CommandLine, signal: AbortSignal): Promise<number> {
  const folder = folderOf(line);
  let failures = 0;
  if (!line.render) {
    let peers = asksPeers(line);
    if (peers) {
      const reason = installPeers(log);
      if (reason !== undefined) log(`Other libraries are left out: ${reason}`);
      peers = reason === undefined;
    }
    const servers = serversFromEnvironment(process.env);
    failures = await runBench({ line: { ...line, peers }, folder, servers, signal, log });
  }
  writeReport(folder);
  console.log(join(folder, 'README.md'));
  return failures;
}

function log(text: string): void {
  console.error(text);
}

function folderOf({ out, short }: CommandLine): string {
  if (out !== undefined) return fromHere(out);
  return short ? mkdtempSync(join(tmpdir(), 'holdfast-benchmarks-')) : REPORT_FOLDER;
}

function fromHere(path: string): string {
  // Where the command was given, and not where the script runs.
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}
