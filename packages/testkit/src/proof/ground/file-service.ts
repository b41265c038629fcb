import { mkdtempSync, rmSync } from 'node:fs';
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
 * The folder is there from the first of them until this process ends.
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
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-files-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
