import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModule } from '../../../packages/testkit/src/process/bundle-module.fixture.ts';

const main = new URL('../src/main.ts', import.meta.url);

export interface ExampleServerOptions {
  /** Between the words of the offline model, in ms. */
  readonly wordDelay?: number;
  /** Where it keeps its file; a new folder where it is missing. Gone in the end, either way. */
  readonly folder?: string;
}

/** The real server in a process of its own, over a SQLite file in a folder of its own. */
export class ExampleServer {
  readonly #folder: string;
  readonly #wordDelay: number;
  #child: ChildProcess | undefined;
  #url = 'http://127.0.0.1:0/';

  constructor({ wordDelay = 5, folder }: ExampleServerOptions = {}) {
    this.#wordDelay = wordDelay;
    this.#folder = folder ?? mkdtempSync(join(tmpdir(), 'holdfast-browser-'));
    mkdirSync(this.#folder, { recursive: true });
  }

  /** With a slash at its end. */
  get url(): string {
    return this.#url;
  }

  get storeUrl(): string {
    return `sqlite:${join(this.#folder, 'chat.db')}`;
  }

  /** Starts it; on the port that it had, where it ran before. */
  async start(): Promise<void> {
    const { HOLDFAST_STORE: _, NODE_OPTIONS: __, NODE_V8_COVERAGE: ___, ...env } = process.env;
    const child = spawn(process.execPath, [await bundleModule(main)], {
      cwd: this.#folder,
      env: {
        ...env,
        // npm tells where a command was called from: paths are shown from there.
        INIT_CWD: this.#folder,
        GEMINI_API_KEY: '',
        HOST: '127.0.0.1',
        PORT: new URL(this.#url).port,
        HOLDFAST_STORE: this.storeUrl,
        OFFLINE_WORD_DELAY: String(this.#wordDelay),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    await new Promise<void>((resolve, reject) => {
      child.on('exit', () => reject(new Error(`the server has ended:\n${output}`)));
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const url = /^Holdfast example: (?<url>http\S+)$/mu.exec(output)?.groups?.['url'];
        if (url === undefined) return;
        this.#url = url;
        resolve();
      });
    });
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Ends it, and throws its folder away. */
  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
