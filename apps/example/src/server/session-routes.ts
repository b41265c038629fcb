import { invalidArgument } from '@holdfast/core/internal';
import { type Context, Hono } from 'hono';
import type { EventList, SessionEntry, SessionList, SessionView, StateView } from '../api/wire.ts';
import { type AppContext, sessionKeyOf, userOf } from './app-context.ts';
import { readEvents } from './read-events.ts';
import { checkNoBody, integerQuery } from './read-request.ts';
import { toScopedState, toSessionEntry } from './session-view.ts';
import { conversationNotFound } from './wire-error.ts';

/** Conversations: listed, begun, read, deleted. */
export function sessionRoutes(app: AppContext): Hono {
  const { service, hub, appName } = app;
  return new Hono()
    .get('/', async (c) => {
      const { sessions, nextCursor } = await service.list({
        appName,
        userId: userOf(c, app),
        limit: integerQuery(c, { path: 'limit', min: 1, max: 100 }) ?? 30,
        cursor: c.req.query('cursor'),
        includeState: true,
      });
      const list: SessionList = {
        sessions: sessions.map(toSessionEntry),
        ...(nextCursor !== undefined && { nextCursor }),
      };
      return c.json(list);
    })
    .post('/', async (c) => {
      await checkNoBody(c);
      const session = await service.create({ appName, userId: userOf(c, app) });
      const entry: SessionEntry = toSessionEntry(session);
      return c.json(entry, 201);
    })
    .get('/:id', async (c) => {
      const recent = integerQuery(c, { path: 'recent', min: 0, max: 1_000 }) ?? 50;
      const session = await read(c);
      const { key, revision } = session;
      const beforeSeq = revision + 1;
      const last = { key, limit: recent, order: 'desc', beforeSeq } as const;
      const { events } = recent === 0 ? { events: [] } : await readEvents(service, last);
      const view: SessionView = {
        session: toSessionEntry(session),
        state: toScopedState(session.state),
        ...work(c),
        events: events.toReversed(),
      };
      return c.json(view);
    })
    .get('/:id/state', async (c) => {
      const session = await read(c);
      const view: StateView = {
        userId: userOf(c, app),
        session: toSessionEntry(session),
        state: toScopedState(session.state),
        ...work(c),
      };
      return c.json(view);
    })
    .get('/:id/events', async (c) => {
      const { events, hasMore } = await readEvents(service, {
        key: sessionKeyOf(c, app),
        beforeSeq: integerQuery(c, { path: 'beforeSeq', min: 0 }),
        afterSeq: integerQuery(c, { path: 'afterSeq', min: 0 }),
        limit: integerQuery(c, { path: 'limit', min: 1, max: 1_000 }) ?? 100,
        order: orderOf(c),
      });
      const list: EventList = { events, hasMore };
      return c.json(list);
    })
    .delete('/:id', async (c) => {
      const key = sessionKeyOf(c, app);
      if (!(await service.delete(key))) throw conversationNotFound(key);
      hub.running(key)?.interrupt(); // nobody will read the answer
      return c.body(null, 204);
    });

  /** The conversation without its events. */
  async function read(c: Context) {
    const key = sessionKeyOf(c, app);
    const session = await service.get({ ...key, numRecentEvents: 0 });
    if (session === undefined) throw conversationNotFound(key);
    return session;
  }

  /** What the turn that runs here works with. */
  function work(c: Context): Pick<StateView, 'temp' | 'answering'> {
    const turn = hub.running(sessionKeyOf(c, app));
    return { temp: turn?.temp ?? null, answering: turn !== undefined };
  }
}

/** The state that a user sees before there is a conversation. */
export function stateRoutes(app: AppContext): Hono {
  const { service, appName } = app;
  return new Hono().get('/', async (c) => {
    const userId = userOf(c, app);
    const [user, ofApp] = await Promise.all([
      service.getState({ scope: 'user', appName, userId }),
      service.getState({ scope: 'app', appName }),
    ]);
    const view: StateView = {
      userId,
      state: { session: {}, user, app: ofApp },
      temp: null,
      answering: false,
    };
    return c.json(view);
  });
}

function orderOf(c: Context): 'asc' | 'desc' {
  const order = c.req.query('order') ?? 'asc';
  if (order === 'asc' || order === 'desc') return order;
  throw invalidArgument('order', `must be 'asc' or 'desc'`);
}
