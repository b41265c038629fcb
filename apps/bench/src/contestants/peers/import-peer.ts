import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PEERS_FOLDER } from '../../run/folders.ts';

/** A package of the folder in which other libraries are installed, as far as it is used here. */
export async function importPeer<Module>(name: string): Promise<Module> {
  const url = pathToFileURL(join(PEERS_FOLDER, 'import-peer.mjs')).href;
  const { importPeer: load } = (await import(url)) as {
    readonly importPeer: (name: string) => Promise<Module>;
  };
  return load(name);
}
