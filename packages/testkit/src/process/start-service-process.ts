import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { SessionCapabilities, SessionService } from '@holdfast/session';
import { SESSION_SERVICE_METHODS } from '@holdfast/session/store';
import type { ServiceProcess } from '../conformance-options.ts';
import { type Answer, type Question, unpackError } from './process-messages.ts';
import { unpackAnswer } from './send-answer.ts';

export interface ServiceProcessOptions {
  /** The module that calls `serveService`: its path, or its URL. */
  readonly module: string | { readonly href: string };
  /** What the module opens: a path, a URL, a prefix … The module is given it as it is. */
  readonly storage: string;
  /**
   * What Node is given before the module, such as `['--import', 'tsx']` if it is TypeScript.
   * @default []
   */
  readonly execArgv?: readonly string[];
}

/**
 * A service in another process, over some storage. A process whose service was closed is used
 * again for the next one; none keeps this process running.
 *
 * @example
 * await runConformance({
 *   name: 'my store',
 *   create: () => MySessionService.open({ url }),
 *   reopen: () => MySessionService.open({ url }),
 *   startProcess: () =>
 *     startServiceProcess({ module: new URL('./my-store.process.js', import.meta.url), storage: url }),
 * });
 */
export async function startServiceProcess({
  module,
  storage,
  execArgv = [],
}: ServiceProcessOptions): Promise<ServiceProcess> {
  const path = typeof module === 'string' ? module : fileURLToPath(module.href);
  const kind = JSON.stringify([path, execArgv]);
  const child = takeIdle(kind) ?? new Child(path, execArgv);
  const { id, value } = await child.ask({ type: 'open', storage });
  const service = serviceOf(child, {
    id,
    capabilities: Object.freeze(value as SessionCapabilities),
    onClose: () => idle.set(kind, [...(idle.get(kind) ?? []), child]),
  });
  return { service, kill: () => child.kill() };
}

const idle = new Map<string, Child[]>();

function takeIdle(kind: string): Child | undefined {
  const children = idle.get(kind) ?? [];
  const child = children.pop();
  return child === undefined || child.isRunning ? child : takeIdle(kind);
}

interface OpenedService {
  readonly id: number;
  readonly capabilities: SessionCapabilities;
  readonly onClose: () => void;
}

function serviceOf(child: Child, { id, capabilities, onClose }: OpenedService): SessionService {
  let closing: Promise<void> | undefined;
  const close = async () => {
    // What was killed needs no closing.
    if (!child.isRunning) return;
    await child.ask({ type: 'call', service: id, method: 'close', request: undefined });
    onClose();
  };
  const service: Record<string | symbol, unknown> = { capabilities };
  for (const method of SESSION_SERVICE_METHODS) {
    service[method] = async (request: unknown) => {
      const { value } = await child.ask({ type: 'call', service: id, method, request });
      return unpackAnswer(method, value);
    };
  }
  service['close'] = () => {
    closing ??= close();
    return closing;
  };
  service[Symbol.asyncDispose] = service['close'];
  return service as unknown as SessionService;
}

// Characters of what a process printed as its last words.
const MOST_SAID = 2000;

type Unnumbered = Question extends infer Each
  ? Each extends Question
    ? Omit<Each, 'id'>
    : never
  : never;

interface Waiting {
  readonly resolve: (answer: { readonly id: number; readonly value: unknown }) => void;
  readonly reject: (error: Error) => void;
}

/** A process that answers questions. It keeps this one running only while it is asked. */
class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  isRunning = true;

  constructor(path: string, execArgv: readonly string[]) {
    // What the runner of a test tells its own processes is not meant for this one.
    const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env;
    this.#process = fork(path, [], {
      env,
      execArgv: [...execArgv],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let said = '';
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-MOST_SAID);
    });
    this.#ended = new Promise((resolve) => {
      const end = (error: Error) => {
        this.isRunning = false;
        for (const { reject } of this.#waiting.values()) reject(error);
        this.#waiting.clear();
        resolve();
      };
      this.#process.once('error', end);
      // When what it said has been read.
      this.#process.once('close', (code, signal) => {
        end(
          new Error(`the process of ${path} has ended (${signal ?? `exit code ${code}`})\n${said}`),
        );
      });
    });
    this.#process.on('message', (answer: Answer) => this.#settle(answer));
    this.#rest();
  }

  ask(question: Unnumbered): Promise<{ readonly id: number; readonly value: unknown }> {
    return new Promise((resolve, reject) => {
      if (!this.isRunning) throw new Error('the process has ended');
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve, reject });
      this.#wake();
      this.#process.channel?.ref();
      this.#process.send({ id, ...question });
    });
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.#wake();
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#rest();
    if ('error' in answer) waiting?.reject(unpackError(answer.error));
    else waiting?.resolve(answer);
  }

  /** Keeps this process running until that one has answered, or has ended and said why. */
  #wake(): void {
    this.#process.ref();
    (this.#process.stderr as Partial<Socket> | null)?.ref?.();
  }

  #rest(): void {
    this.#process.unref();
    this.#process.channel?.unref();
    (this.#process.stderr as Partial<Socket> | null)?.unref?.();
  }
}
