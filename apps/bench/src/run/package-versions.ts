import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of packages that are installed in one of `folders`, the first that has it. */
export function packageVersions(
  names: Iterable<string>,
  folders: readonly string[],
): Readonly<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of [...new Set(names)].sort()) {
    const file = folders
      .map((folder) => join(folder, 'node_modules', name, 'package.json'))
      .find((each) => existsSync(each));
    if (file === undefined) continue;
    versions[name] = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return versions;
}
