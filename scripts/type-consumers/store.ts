// A program that has installed one store, and no other package of Holdfast. It leaves its types to
// TypeScript, which has to write them down. This file is checked once for each store.

import {
  type AppendEventRequest,
  type EventInput,
  InMemorySessionService,
  isHoldfastError,
  type Session,
  type SessionKey,
  type SessionService,
} from '@holdfast/in-memory';

const key = { appName: 'shop', userId: 'ada', sessionId: '1' };

export declare const service: InMemorySessionService;
export const asService = service satisfies SessionService;

export const create = () => service.create({ appName: 'shop', userId: 'ada', state: { cart: [] } });
export const get = () => service.get({ ...key, numRecentEvents: 1, afterTimestamp: 0 });
export const getOrCreate = () => service.getOrCreate(key);
export const page = () => service.list({ appName: 'shop', allUsers: true, order: 'asc' });
export const summaries = async () => (await page()).sessions;
export const deleted = () => service.delete(key);
export const append = () => service.appendEvent({ ...key, event: { author: 'user' } });
export const appendAll = () => service.appendEvents({ ...key, events: [], onStored: 'skip' });
export const events = () => service.listEvents({ ...key, afterSeq: 1 });
export const appState = () => service.getState({ scope: 'app', appName: 'shop' });
export const setState = () => service.updateState({ scope: 'app', appName: 'shop', set: { a: 1 } });
export const capabilities = service.capabilities;
export const close = () => service[Symbol.asyncDispose]();
export const calls = { ...asService, create: service.create.bind(service), list: service.list };

export const loaded = async () => {
  await using one = service;
  const session = await one.getOrCreate(key);
  return { session, ...(await one.listEvents(session)) };
};

export declare const session: Session;
export const state = session.state;
export const value = state.get('cart');
export const entries = [...state.entries()];
export const taken = state.set('cart', []).takeDelta();
export const later = session.state.withDelta(taken);
export const json = session.toJSON();
export const sessionKey = session.key;
export const history = session.conversationHistory;
export const parts = history.flatMap((content) => content.parts ?? []);
export const called = parts.map((part) => part.functionCall);
export const answered = parts.map((part) => part.functionResponse);
export const files = parts.map(({ inlineData, fileData }) => ({ inlineData, fileData }));
export const ran = parts.map((part) => [part.executableCode, part.codeExecutionResult] as const);
export const lastEvent = session.events.at(-1);
export const actions = lastEvent?.actions;
export const delta = lastEvent?.actions.stateDelta;
export const route = lastEvent?.route;
export const next = () => lastEvent && session.withEvent(lastEvent);
export const { events: _, ...rest } = session;

export const input: EventInput = { author: 'user', actions: { stateDelta: { cart: [] } } };
export const inputActions = input.actions;
export const request = (event: EventInput): AppendEventRequest => ({ ...key, event });
export const requests = (one: SessionService) => one.list;

/** A type of this program that speaks of all that a service has. */
function lazily<T>(value: T): { readonly [Key in keyof T]: () => T[Key] } {
  return value as never;
}
export const lazySession = lazily(session);
export const lazyState = lazily(session.state);
export const lazyService = lazily(service);
export const lazyEvent = lastEvent && lazily(lastEvent);
export const keys = (value: Session): keyof Session | keyof SessionKey => lazily(value) && 'key';

export const problem = (error: unknown) => {
  if (!isHoldfastError(error)) return undefined;
  return { error, code: error.code, key: error.key, lazy: lazily(error) };
};

export class Shop extends InMemorySessionService {
  readonly cart = 'cart';
  override async create(request: Parameters<InMemorySessionService['create']>[0]) {
    return super.create(request);
  }
  carts() {
    return this.list({ appName: 'shop', userId: 'ada', includeState: true });
  }
}

export class Logged implements Pick<SessionService, 'get' | 'appendEvents'> {
  readonly inner = service;
  get = (request: Parameters<SessionService['get']>[0]) => this.inner.get(request);
  appendEvents = this.inner.appendEvents;
}
