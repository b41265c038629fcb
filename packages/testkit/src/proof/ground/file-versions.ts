import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a file has, and its number. */
export interface Version {
  /** 0 if nothing was written yet. */
  readonly number: number;
  readonly text: string | undefined;
}

/**
 * A folder with one file for each version of an app, of which the one with the highest number holds.
 * The next one is there as a whole or not at all, and whoever wants to write it finds out whether
 * another was faster. Several processes can use the folder; none waits for one that is gone.
 */
export class FileVersions {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  folderOf(appName: string): string {
    return join(this.folder, createHash('sha256').update(appName).digest('hex'));
  }

  async numbers(appName: string): Promise<readonly number[]> {
    const names = await readdir(this.folderOf(appName)).catch(ifAbsent([]));
    return names.flatMap((name) => (/^\d+\.json$/.test(name) ? Number.parseInt(name, 10) : []));
  }

  async latest(appName: string): Promise<Version> {
    for (;;) {
      const number = Math.max(0, ...(await this.numbers(appName)));
      if (number === 0) return { number, text: undefined };
      const text = await readFile(this.pathOf(appName, number), 'utf8');
      // Emptied: there is a later one by now.
      if (text !== '') return { number, text };
    }
  }

  /** Writes a version, unless it is there; false if it is. */
  async publish(appName: string, { number, text = '' }: Version): Promise<boolean> {
    const written = await this.temporary(text);
    await mkdir(this.folderOf(appName), { recursive: true });
    const isFirst = await link(written, this.pathOf(appName, number)).then(
      () => true,
      (error) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    await unlink(written);
    // Its name stays, so that nobody writes a version with its number again.
    if (isFirst && number > 1) {
      await rename(await this.temporary(''), this.pathOf(appName, number - 1));
    }
    return isFirst;
  }

  /** A file with a name of its own, which nobody reads. */
  async temporary(text: string): Promise<string> {
    const folder = join(this.folder, 'temporary');
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    await writeFile(path, text);
    return path;
  }

  pathOf(appName: string, number: number): string {
    return join(this.folderOf(appName), `${number}.json`);
  }
}

/** What stands in for a file or folder that does not exist. */
export function ifAbsent<T>(instead: T): (error: { readonly code?: string }) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
