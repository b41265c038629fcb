import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import process from 'node:process';
import { type Abort, type Answer, type Question, unpackError } from './process-messages.ts';

// Characters of what a process printed as its last words.
const MOST_SAID = 2000;

type Unnumbered = Question extends infer Each
  ? Each extends Question
    ? Omit<Each, 'id'>
    : never
  : never;

interface Answered {
  readonly id: number;
  readonly value: unknown;
}

type Asked = Promise<Answered> & { readonly id: number };

interface Waiting {
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: Error) => void;
}

/** A process that answers questions. It keeps this one running only while it is asked. */
export class ServiceChild {
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

  /** The answer, with the number of the question, which is known at once. */
  ask(question: Unnumbered): Asked {
    const id = ++this.#asked;
    const answer = new Promise<Answered>((resolve, reject) => {
      if (!this.isRunning) throw new Error('the process has ended');
      this.#waiting.set(id, { resolve, reject });
      this.#wake();
      this.#process.channel?.ref();
      this.#process.send({ id, ...question });
    });
    return Object.assign(answer, { id });
  }

  /** Tells something that has no answer. */
  tell(message: Abort): void {
    if (this.isRunning) this.#process.send(message);
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
