import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { type AppContext, userOf } from './app-context.ts';
import { PATIENCE } from './guard.ts';
import { TooManyRequests } from './refusal.ts';

/** What takes as long as an answer does, or as somebody listens. */
const LONG = /\/(?:messages|stream|socket)$/u;

/**
 * Bounds what is under way at once, for each user and in all. A request is under way until its
 * answer has been taken to the end.
 */
export function limitRequests(app: AppContext): MiddlewareHandler {
  const short = new Bound({ what: 'requests', perUser: 32, inAll: 1_024 });
  const long = new Bound({ what: 'answers and streams', perUser: 24, inAll: 1_024 });
  return async (c, next) => {
    const bound = LONG.test(c.req.path) ? long : short;
    const leave = bound.enter(userOf(c, app));
    const answer = answerOf(c);
    if (answer.destroyed) leave();
    else answer.once('close', leave);
    await next();
  };
}

/** Ends the connection of a reader who takes nothing of an answer for so many ms. */
export function dropSilentReaders(patience = PATIENCE): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { outgoing } = c.env as HttpBindings;
    outgoing?.setTimeout(patience);
  };
}

/** What closes when a request is over: a WebSocket has no answer but its connection. */
function answerOf(c: Context) {
  const { incoming, outgoing } = c.env as Partial<HttpBindings> & Pick<HttpBindings, 'incoming'>;
  return outgoing ?? incoming.socket;
}

class Bound {
  readonly #perUser: number;
  readonly #inAll: number;
  readonly #users = new Map<string, number>();
  #all = 0;
  // Made once, as they have to cost little.
  readonly #ofUser: TooManyRequests;
  readonly #ofAll: TooManyRequests;

  constructor(bound: { readonly what: string; readonly perUser: number; readonly inAll: number }) {
    const { what, perUser, inAll } = bound;
    this.#perUser = perUser;
    this.#inAll = inAll;
    this.#ofUser = new TooManyRequests(429, what);
    this.#ofAll = new TooManyRequests(503, what);
  }

  /** One more; `TooManyRequests` if that is one too many. Gives what says that it is over. */
  enter(userId: string): () => void {
    const before = this.#users.get(userId) ?? 0;
    if (before >= this.#perUser) throw this.#ofUser;
    if (this.#all >= this.#inAll) throw this.#ofAll;
    this.#users.set(userId, before + 1);
    this.#all++;
    return () => {
      this.#all--;
      const left = (this.#users.get(userId) ?? 0) - 1;
      if (left > 0) this.#users.set(userId, left);
      else this.#users.delete(userId);
    };
  }
}
