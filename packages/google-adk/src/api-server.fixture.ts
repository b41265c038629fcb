import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ApiServerOptions } from './api-server-process.fixture.ts';

/** The app that the server has. */
export const appName = 'api-agent.fixture';

/** A request as a client may send it, malformed or not. */
export interface ApiRequest {
  readonly method?: string;
  readonly path: string;
  /** What is sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly type?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** `AdkApiServer` in a process of its own. */
export class ApiServerProcess {
  readonly #child: ChildProcess;
  readonly #url: string;
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>;

  private constructor(
    child: ChildProcess,
    { url, ended }: { readonly url: string; readonly ended: Promise<number | null> },
  ) {
    this.#child = child;
    this.#url = url;
    this.ended = ended;
  }

  static async start(options: ApiServerOptions): Promise<ApiServerProcess> {
    const { NODE_V8_COVERAGE: _, NODE_OPTIONS: __, ...env } = process.env;
    const file = fileURLToPath(new URL('./api-server-process.fixture.ts', import.meta.url));
    const child = fork(file, [JSON.stringify(options)], {
      env,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    const [url] = await Promise.race([
      once(child, 'message'),
      ended.then((code) => Promise.reject(new Error(`the server has ended with ${code}`))),
    ]);
    return new ApiServerProcess(child, { url: url as string, ended });
  }

  /** Rejects if there was no answer within 20 s, or the connection broke. */
  async send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer> {
    const { method, path, body, type = 'application/json' } = request;
    const response = await fetch(this.#url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      signal: AbortSignal.any([AbortSignal.timeout(20_000), ...(signal ? [signal] : [])]),
      redirect: 'manual',
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': type },
      }),
    });
    return { status: response.status, text: await response.text() };
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** A message to the app in a session. */
export function runRequest(sessionId: string, words = 'count'): ApiRequest {
  const newMessage = { role: 'user', parts: [{ text: words }] };
  return { path: '/run', body: { appName, userId: 'ada', sessionId, newMessage } };
}
