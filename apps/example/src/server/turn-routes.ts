import { StreamingMode } from '@holdfast/core';
import { invalidArgument } from '@holdfast/core/internal';
import { type Context, Hono } from 'hono';
import type { MessageAnswer } from '../api/wire.ts';
import { answerTurn } from './answer-turn.ts';
import { type AppContext, sessionKeyOf } from './app-context.ts';
import { eventStream, writeTurn } from './event-stream.ts';
import { followSession } from './follow-session.ts';
import { checkMessage, parseInteger, readJsonBody } from './read-request.ts';
import { conversationNotFound } from './wire-error.ts';

/** What is said in a conversation, over HTTP: messages, their interruption, and who listens. */
export function turnRoutes(app: AppContext): Hono {
  const { service, hub } = app;
  return new Hono()
    .post('/:id/messages', async (c) => {
      const message = checkMessage(await readJsonBody(c));
      const turn = await hub.start({ key: sessionKeyOf(c, app), ...message });
      if (message.streamingMode !== StreamingMode.None) {
        return eventStream(c, { write: (stream) => writeTurn(stream, turn) });
      }
      const answer: MessageAnswer = { events: await answerTurn(turn) };
      return c.json(answer);
    })
    .post('/:id/interrupt', async (c) => {
      const key = sessionKeyOf(c, app);
      if (!(await hub.interrupt(key))) throw conversationNotFound(key);
      return c.body(null, 204);
    })
    .get('/:id/stream', async (c) => {
      const after = afterOf(c);
      const { revision } = await checkExists(c);
      if (after.seq > revision) {
        throw invalidArgument(after.path, `is behind the last event, which is ${revision}`);
      }
      const key = sessionKeyOf(c, app);
      return eventStream(c, {
        signal: hub.closing,
        write: (stream) => followSession(stream, { service, hub, key, after: after.seq }),
      });
    });

  async function checkExists(c: Context) {
    const key = sessionKeyOf(c, app);
    const session = await service.get({ ...key, numRecentEvents: 0 });
    if (session === undefined) throw conversationNotFound(key);
    return session;
  }
}

/** From where on a stream is wanted: what a browser says when it comes back, or the URL. */
function afterOf(c: Context): { readonly path: string; readonly seq: number } {
  const header = c.req.header('Last-Event-ID');
  const path = header === undefined ? 'after' : 'Last-Event-ID';
  const text = header ?? c.req.query('after');
  return { path, seq: text === undefined ? 0 : parseInteger(text, { path, min: 0 }) };
}
