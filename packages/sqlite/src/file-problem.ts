import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
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

// Too many open files, and a disk that is full, pass.
const PASSES = /^(?:EMFILE|ENFILE|ENOSPC|EDQUOT|EIO|EINTR|EAGAIN|EEXIST)$/;

/**
 * What keeps this process from creating a file that SQLite could not create, in words. Undefined
 * if it exists, or if nothing does.
 */
export function creationProblem(file: string): string | undefined {
  try {
    // Only a file that is new: to close another one would end the locks of this process on it.
    closeSync(openSync(file, 'ax'));
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return PASSES.test(String(code)) ? undefined : `it cannot be created there, ${message}`;
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
