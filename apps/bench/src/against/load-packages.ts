import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Packages {
  readonly '@holdfast/in-memory': typeof import('@holdfast/in-memory');
  readonly '@holdfast/sqlite': typeof import('@holdfast/sqlite');
  readonly '@holdfast/postgres': typeof import('@holdfast/postgres');
  readonly '@holdfast/mysql': typeof import('@holdfast/mysql');
  readonly '@holdfast/redis': typeof import('@holdfast/redis');
}

/** Imports a package of one build. */
export type Load = <Name extends keyof Packages>(name: Name) => Promise<Packages[Name]>;

/** Imports packages, and what they need, from an installation: modules that no other one shares. */
export function loadFrom(folder: string): Load {
  const { resolve } = createRequire(join(folder, 'package.json'));
  return (name) => import(pathToFileURL(resolve(name)).href);
}
