import assert from 'node:assert/strict';
import type { Event, EventInput, JsonObject, JsonValue, SessionKey } from '@holdfast/core';
import type { Session, SessionService } from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import { at, read } from './scenario.ts';

/** A session whose own state has changed with each of its events. */
export interface PastSession {
  readonly key: SessionKey;
  /** How many events it has: e1, e2 … */
  readonly count: number;
  /** Its own state after each event; the first is the initial one. */
  readonly states: readonly JsonObject[];
}

const initial: JsonObject = { title: 'first', empty: null, gone: 1, nested: { a: [1] } };

const steps: readonly EventInput[] = [
  { actions: { stateDelta: { title: 'second' } } },
  { actions: { stateDelta: { added: 1 }, removedStateKeys: ['gone'] } },
  { actions: { stateDelta: { title: null, toString: 0 } } },
  { actions: { stateDelta: { empty: 'full', 'user:theirs': 'u4', 'app:everyones': 'a4' } } },
  {
    actions: { stateDelta: { gone: 'back' }, removedStateKeys: ['title', 'added', 'user:other'] },
  },
  { actions: { stateDelta: { nested: { a: [] } }, removedStateKeys: ['toString'] } },
];

/**
 * A session with keys that were given at its creation, set, set to null, removed and set again. Two
 * events each are of the invocations i1, i2 and i3, and each has a text: t1, t2 …
 */
export async function newPastSession({
  service,
  newKey,
}: Pick<CaseContext, 'service' | 'newKey'>): Promise<PastSession> {
  const key = newKey();
  const state = { ...initial, 'user:theirs': 'u0', 'user:other': 1, 'app:everyones': 'a0' };
  await service.create({ ...key, state });
  const events = steps.map((step, i) => ({
    ...step,
    ...turnOf(i + 1),
    invocationId: `i${1 + Math.floor(i / 2)}`,
  }));
  await service.appendEvent({ ...key, event: events[0] as EventInput });
  await service.appendEvents({ ...key, events: events.slice(1) });
  return { key, count: steps.length, states: statesAfter(initial, steps) };
}

/** What event `n` says, and when. */
export function turnOf(n: number): EventInput & { readonly id: string } {
  const role = n % 2 === 1 ? 'user' : 'model';
  const author = n % 2 === 1 ? 'user' : 'agent';
  return { id: `e${n}`, author, timestamp: at(n), content: { role, parts: [{ text: `t${n}` }] } };
}

/** A session's own state after none of some events, one, two …, as a reader of them works it out. */
export function statesAfter(first: JsonObject, events: readonly EventInput[]): JsonObject[] {
  let state = new Map(Object.entries(first));
  return [
    first,
    ...events.map(({ actions = {} }) => {
      const { stateDelta = {}, removedStateKeys = [], stateIncrements = {} } = actions;
      state = new Map(state);
      for (const [key, value] of Object.entries(stateDelta)) state.set(key, value as JsonValue);
      for (const key of removedStateKeys) state.delete(key);
      for (const [key, by] of Object.entries(stateIncrements)) {
        state.set(key, ((state.get(key) as number | undefined) ?? 0) + by);
      }
      return ownState(state);
    }),
  ];
}

/** The keys that a session shares with no other. */
export function ownState(state: Iterable<readonly [string, JsonValue]>): JsonObject {
  return Object.fromEntries([...state].filter(([key]) => !/^(user|app):/.test(key)));
}

/** All that is known of one session, as plain data. */
export async function wholeOf(service: SessionService, key: SessionKey): Promise<unknown> {
  const { appName, userId, sessionId } = key;
  const session = await read(service, key);
  const { initialState } = (await service.get({ ...key, includeInitialState: true })) ?? {};
  const { sessions } = await service.list({ appName, userId, limit: 1000, includeState: true });
  const listed = sessions.find(({ id }) => id === sessionId);
  return {
    ...session.toJSON(),
    initialState,
    history: session.conversationHistory,
    activeFrom: session.activeFrom,
    listed: { ...listed, key: { ...listed?.key }, state: listed?.state?.toJSON() },
    pages: await service.listEvents({ ...key, order: 'desc', limit: 1000 }),
  };
}

/** The texts of the contents that a session shows to a model. */
export function textsOf({ conversationHistory }: Session): unknown[] {
  return conversationHistory.map(({ parts }) => parts?.[0]?.text);
}

/** Fails unless they are the same, byte for byte as JSON. */
export function expectSameEvents(found: readonly Event[], expected: readonly Event[]): void {
  assert.equal(JSON.stringify(found), JSON.stringify(expected));
}
