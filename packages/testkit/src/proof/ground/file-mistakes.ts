import { type FileFault, keepingFaults } from './file-faults-keeping.ts';
import { writingFaults } from './file-faults-writing.ts';
import { FileStore } from './file-store.ts';

/** The stores over files that have one mistake each, by the name of the mistake. */
const stores = { ...keepingFaults, ...writingFaults } satisfies Readonly<Record<string, FileFault>>;

export type FileMistake = keyof typeof stores;

/** A store over a folder: a correct one, or one with a mistake. */
export function fileStoreOf(folder: string, mistake?: FileMistake): FileStore {
  return new (mistake === undefined ? FileStore : stores[mistake])(folder);
}
