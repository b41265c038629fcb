import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What keeps this process from using a file, in words; undefined if nothing does. */
export function fileProblem(file: string): string | undefined {
  try {
    const folder = dirname(file);
    const home = statSync(folder, { throwIfNoEntry: false });
    if (home === undefined) return 'its folder does not exist';
    if (!home.isDirectory()) return 'its folder is not a folder';
    const found = statSync(file, { throwIfNoEntry: false });
    if (found !== undefined) {
      if (found.isDirectory()) return 'it is a folder';
      if (!found.isFile()) return 'it is not a file';
      if (!may('R_OK', file)) return 'this process may not read it';
      if (!may('W_OK', file)) return 'this process may not write it';
    }
    return may('W_OK', folder) ? undefined : 'this process may not write its folder';
  } catch (error) {
    return (error as Error).message;
  }
}

function may(mode: 'R_OK' | 'W_OK', path: string): boolean {
  try {
    accessSync(path, constants[mode]);
    return true;
  } catch {
    return false;
  }
}
