import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';
import { bundleModule } from '../../../packages/testkit/src/process/bundle-module.fixture.ts';
import { Client } from './server/client.fixture.ts';

// tsx is a dependency of the workspace's root, four folders up.
const fromRoot = createRequire(new URL('../../../package.json', import.meta.url));
const tsx = pathToFileURL(fromRoot.resolve('tsx')).href;
const ownMain = new URL('./main.ts', import.meta.url);

/** What would change how the program runs, if this machine has it. */
const UNSET = [
  'NODE_OPTIONS',
  'NODE_V8_COVERAGE',
  'HOST',
  'COOKIE_SECRET',
  'GEMINI_API_KEY',
  'INIT_CWD',
  'npm_lifecycle_event',
];

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

export interface StartOptions {
  /** `HOLDFAST_STORE`; none is set where it is undefined. */
  readonly store: string | undefined;
  /**
   * The `main.ts` to run as `npm start` does, with its folder as the current one. This app's where
   * it is missing, bundled, since a process that compiles takes four times as long to start.
   */
  readonly main?: string;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The real program in a process of its own. */
export interface ExampleProcess {
  /** Where it listens. */
  readonly url: string;
  /** All that it has written to its standard output when it was ready. */
  readonly output: string;
  /** A browser that has never been here. */
  client(): Client;
  /** Sends a signal, and gives the exit code; null where the signal has ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the program, and waits until it listens. */
export async function startExample(options: StartOptions): Promise<ExampleProcess> {
  const child = await spawnExample(options);
  const exited = once(child, 'exit');
  const errors = text(child.stderr);
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += chunk;
    if (/\n.*\n/u.test(output)) break;
  }
  const url = /http:\S+/u.exec(output)?.[0];
  if (url === undefined) throw new Error(`the example has not started: ${output}${await errors}`);
  return {
    url,
    output,
    client: () => new Client(url),
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** Runs a program that ends by itself. */
export async function runToEnd(options: StartOptions) {
  const child = await spawnExample(options);
  const exited = once(child, 'exit');
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { output, errors, code };
}

async function spawnExample({ store, main, env = {} }: StartOptions) {
  const inherited = { ...process.env };
  for (const name of UNSET) delete inherited[name];
  const program = main === undefined ? [await bundleModule(ownMain)] : ['--import', tsx, main];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], {
    cwd: dirname(main ?? fileURLToPath(ownMain)),
    env: {
      ...inherited,
      PORT: '0',
      OFFLINE_WORD_DELAY: '0',
      HOLDFAST_STORE: store,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}
