import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './store/temporary-folder.fixture.ts';

const app = fileURLToPath(new URL('..', import.meta.url));

/** What the program is made of. The page is not built in a copy. */
const SOURCES = ['agent', 'api', 'server', 'store', 'main.ts', 'settings.ts'];
const ALWAYS = ['hono', '@hono/node-server', 'ws'];

export interface CopiedApp {
  readonly folder: string;
  /** Its `main.ts`. */
  readonly main: string;
}

/** A copy of this app in a folder of its own, with only these packages of `@holdfast` installed. */
export function copyApp(packages: readonly string[]): CopiedApp {
  const folder = temporaryFolder();
  cpSync(join(app, 'package.json'), join(folder, 'package.json'));
  for (const source of readdirSync(join(app, 'src')).filter((name) => SOURCES.includes(name))) {
    cpSync(join(app, 'src', source), join(folder, 'src', source), {
      recursive: true,
      filter: (path) => !/\.(?:test|fixture)\.ts$/u.test(basename(path)),
    });
  }
  for (const name of [...ALWAYS, ...packages.map((each) => `@holdfast/${each}`)]) {
    const path = join('node_modules', name);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(realpathSync(join(app, path)), join(folder, path), 'junction');
  }
  return { folder, main: join(folder, 'src/main.ts') };
}
