import process from 'node:process';
import type { Event } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import {
  type Abort,
  type Answer,
  newReason,
  packError,
  type Question,
  type SentSignal,
} from './process-messages.ts';
import { packAnswer } from './send-answer.ts';

/**
 * Makes this process one that `startServiceProcess` starts: it opens services over the storage that
 * it is told, and makes the calls that it is sent. It ends when the process that started it ends.
 * Call it once, at the end of a module of its own.
 *
 * @example
 * serveService((storage) => MySessionService.open({ url: storage }));
 */
export function serveService(
  open: (storage: string) => SessionService | Promise<SessionService>,
): void {
  if (process.send === undefined) {
    throw new Error('this module is started by startServiceProcess, in a process of its own');
  }
  const server = new ServiceServer(open);
  process.on('message', (message: Question | Abort) => {
    if (message.type === 'abort') {
      server.abort(message.of);
      return;
    }
    server.answer(message).then((answer) => {
      // Whoever asked may be gone by now.
      if (process.connected) process.send?.(answer);
    });
  });
  process.on('disconnect', () => process.exit());
}

class ServiceServer {
  readonly #open: (storage: string) => SessionService | Promise<SessionService>;
  readonly #services = new Map<number, SessionService>();
  readonly #watches = new Map<number, AsyncIterator<Event>>();
  /** Of the calls and watches that have a signal, until they end. */
  readonly #signals = new Map<number, AbortController>();

  constructor(open: (storage: string) => SessionService | Promise<SessionService>) {
    this.#open = open;
  }

  async answer(question: Question): Promise<Answer> {
    const { id } = question;
    try {
      return { id, value: await this.#valueOf(question) };
    } catch (error) {
      return { id, error: packError(error) };
    }
  }

  abort(id: number): void {
    this.#signals.get(id)?.abort(newReason());
  }

  async #valueOf(question: Question): Promise<unknown> {
    const { id } = question;
    switch (question.type) {
      case 'open': {
        const service = await this.#open(question.storage);
        this.#services.set(id, service);
        return service.capabilities;
      }
      case 'call': {
        const { method } = question;
        const service = this.#service(question.service);
        const call = service[method] as (request: unknown) => Promise<unknown>;
        try {
          return packAnswer(method, await call.call(service, this.#requestOf(question)));
        } finally {
          this.#signals.delete(id);
        }
      }
      case 'watch': {
        const request = this.#requestOf(question) as Parameters<SessionService['watch']>[0];
        const watch = this.#service(question.service).watch(request);
        this.#watches.set(id, watch[Symbol.asyncIterator]());
        return undefined;
      }
      case 'next': {
        const { done, value } = await this.#watch(question.watch).next();
        return done === true ? { done: true } : { done: false, value };
      }
      case 'return': {
        const watch = this.#watch(question.watch);
        this.#watches.delete(question.watch);
        this.#signals.delete(question.watch);
        await watch.return?.();
        return undefined;
      }
    }
  }

  #service(id: number): SessionService {
    const service = this.#services.get(id);
    if (service === undefined) throw new Error(`no service ${id} was opened`);
    return service;
  }

  #watch(id: number): AsyncIterator<Event> {
    const watch = this.#watches.get(id);
    if (watch === undefined) throw new Error(`no watch ${id} was begun`);
    return watch;
  }

  #requestOf({
    id,
    request,
    signal,
  }: {
    readonly id: number;
    readonly request: unknown;
    readonly signal?: SentSignal | undefined;
  }): unknown {
    if (signal === undefined) return request;
    const controller = new AbortController();
    if (signal === 'aborted') controller.abort(newReason());
    this.#signals.set(id, controller);
    return { ...(request as object), signal: controller.signal };
  }
}
