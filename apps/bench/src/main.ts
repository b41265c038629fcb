import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeReport } from './report/write-report.ts';
import { type CommandLine, parseCommandLine, USAGE } from './run/command-line.ts';
import { REPORT_FOLDER } from './run/folders.ts';
import { installPeers } from './run/install-peers.ts';
import { runBench } from './run/run-bench.ts';
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
  const folder = folderOf(line);
  const log = (text: string) => console.error(text);
  let failures = 0;
  if (!line.render) {
    let peers = line.peers;
    if (peers) {
      const reason = installPeers(log);
      if (reason !== undefined) log(`Other libraries are left out: ${reason}`);
      peers = reason === undefined;
    }
    const abort = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
    try {
      const servers = serversFromEnvironment(process.env);
      const { signal } = abort;
      failures = await runBench({ line: { ...line, peers }, folder, servers, signal, log });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      log('Ended before it was done.');
      return 130;
    }
  }
  writeReport(folder);
  console.log(join(folder, 'README.md'));
  return failures === 0 ? 0 : 1;
}

function folderOf({ out, short }: CommandLine): string {
  // Where the command was given, and not where the script runs.
  if (out !== undefined) return resolve(process.env['INIT_CWD'] ?? '.', out);
  return short ? mkdtempSync(join(tmpdir(), 'holdfast-benchmarks-')) : REPORT_FOLDER;
}
