import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { type AppContext, userOf } from './app-context.ts';
import { Bound } from './bound.ts';
import { PATIENCE } from './guard.ts';

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
