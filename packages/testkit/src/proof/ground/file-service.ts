import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionService } from '@holdfast/session';
import { StoredSessionService } from '@holdfast/session/store';
import type { ConformanceOptions } from '../../conformance-options.ts';
import { processStarter } from '../../process/bundle-module.fixture.ts';
import { type FileMistake, fileStoreOf } from './file-mistakes.ts';

/** What a process of `file-process.fixture.ts` is told. */
export interface FileStorage {
  readonly folder: string;
  readonly mistake?: FileMistake | undefined;
}

const startProcess = processStarter(new URL('./file-process.fixture.ts', import.meta.url));

/**
 * How services over one folder are opened, each with a store of its own, also in other processes.
 * The folder is there from the first of them on, for as long as this process runs.
 */
export function onFiles(mistake?: FileMistake): Required<
  Pick<ConformanceOptions, 'create' | 'reopen' | 'startProcess'>
> & {
  readonly create: () => SessionService;
} {
  let folder: string | undefined;
  const folderOfAll = () => {
    folder ??= temporaryFolder();
    return folder;
  };
  const open = () => new StoredSessionService(fileStoreOf(folderOfAll(), mistake));
  return {
    create: open,
    reopen: open,
    startProcess: () => startProcess({ folder: folderOfAll(), mistake } satisfies FileStorage),
  };
}

function temporaryFolder(): string {
  removeLeftFolders();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

const PREFIX = 'holdfast-files-';

/** Those of processes that are gone: a runner of tests may kill its own before they can tidy up. */
function removeLeftFolders(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    if (isRunning(Number.parseInt(name.slice(PREFIX.length), 10))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
