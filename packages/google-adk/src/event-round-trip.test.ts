import {
  createEvent,
  createEventActions,
  type Event,
  isFinalResponse,
  type Session,
  toStructuredEvents,
} from '@google/adk';
import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { createFullEvent } from './full-event.fixture.ts';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { describeStores } from './stores.fixture.ts';

const owner = { appName: 'app', userId: 'ada' };

async function append(service: HoldfastSessionService, event: Event) {
  const session = await service.createSession(owner);
  await service.appendEvent({ session, event });
  const key = { ...owner, sessionId: session.id };
  const stored = (await service.getSession(key)) as Session;
  return { session, stored, event: stored.events[0] as Event };
}

describe('an event of ADK', () => {
  describeStores((open) => {
    it('with every field comes back to the byte of its JSON', async () => {
      const service = new HoldfastSessionService(await open());
      const json = JSON.stringify(createFullEvent());
      const { id } = JSON.parse(json);
      const { event, session } = await append(service, { ...createFullEvent(), id });
      expect(JSON.stringify(event)).toBe(json);
      expect(JSON.stringify(session.events[0])).toBe(json);
    });

    it('gives the session a state with every kind of key', async () => {
      const service = new HoldfastSessionService(await open());
      const names = ['__proto__', 'constructor', 'toString', '10', 'a.b', 'é'];
      const stateDelta = JSON.parse(JSON.stringify(Object.fromEntries(names.map((n) => [n, n]))));
      const event = createEvent({ actions: createEventActions({ stateDelta }) });
      const { session, stored } = await append(service, event);
      for (const { state } of [session, stored]) {
        expect(Object.keys(state).sort()).toEqual([...names].sort());
        expect(names.map((name) => Object.getOwnPropertyDescriptor(state, name)?.value)).toEqual(
          names,
        );
      }
    });
  });
});

describe('an event that is read', () => {
  const open = () => new HoldfastSessionService(new InMemorySessionService());

  it('is one of ADK, and may be changed', async () => {
    const { event, stored } = await append(open(), createFullEvent());
    expect(isFinalResponse(event)).toBe(true);
    expect(toStructuredEvents(event).length).toBeGreaterThan(0);
    expect(Object.getOwnPropertySymbols(event)).toEqual([Symbol.for('google.adk.event')]);
    expect(event).not.toHaveProperty('seq');
    event.actions.stateDelta['z'] = 'changed';
    event.content?.parts?.push({ text: 'more' });
    stored.state['z'] = 'changed';
    stored.events.length = 0;
    expect(event.content?.parts).toHaveLength(9);
  });

  it('shares nothing with what the store holds', async () => {
    const service = open();
    const { stored } = await append(service, createFullEvent());
    const key = { ...owner, sessionId: stored.id };
    const json = JSON.stringify(stored);
    Object.assign(stored.events[0]?.content?.parts?.[0] ?? {}, { text: 'changed' });
    (stored.state['a'] as { deep: unknown[] }).deep.push(1);
    expect(JSON.stringify(await service.getSession(key))).toBe(json);
  });

  it('has a removed key as ADK says it: set to undefined', async () => {
    const service = open();
    const actions = createEventActions({ stateDelta: { gone: undefined, kept: 1 } });
    const { event } = await append(service, createEvent({ actions }));
    expect(event.actions.stateDelta).toStrictEqual({ kept: 1, gone: undefined });
    expect(event.actions).not.toHaveProperty('removedStateKeys');
  });
});

describe('what is null', () => {
  it('is taken for absent in the fields that the store reads, as a model may leave them', async () => {
    const service = new HoldfastSessionService(new InMemorySessionService());
    const event = { ...createEvent({ author: 'agent' }), content: null, partial: null };
    const { stored } = await append(service, { ...event, customMetadata: null } as never);
    expect(stored.events).toMatchObject([{ author: 'agent', customMetadata: null }]);
    expect(stored.events[0]).not.toHaveProperty('content');
  });
});

describe('what is not JSON', () => {
  const open = () => new HoldfastSessionService(new InMemorySessionService());

  it('in what a tool answered becomes what JSON makes of it', async () => {
    const response = { at: new Date(0), f: () => 1, ratio: Number.NaN, list: [undefined] };
    const content = { role: 'user', parts: [{ functionResponse: { name: 'f', response } }] };
    const { event } = await append(open(), createEvent({ content }));
    expect(event.content?.parts?.[0]?.functionResponse?.response).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      ratio: null,
      list: [null],
    });
  });

  it('and has no JSON form either is refused with its path', async () => {
    const service = open();
    const session = await service.createSession(owner);
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const artifactDelta = { file: 1n as unknown as number };
    for (const [event, path] of [
      [createEvent({ customMetadata: circle }), 'customMetadata.self'],
      [createEvent({ actions: { agentState: { n: 1n } } }), 'actions.agentState.n'],
      [createEvent({ actions: { artifactDelta } }), 'actions.artifactDelta.file'],
      [createEvent({ groundingMetadata: { a: [0, 1n] } as object }), 'groundingMetadata.a[1]'],
      [createEvent({ longRunningToolIds: [1n] as never }), 'longRunningToolIds[0]'],
    ] as const) {
      await expect(service.appendEvent({ session, event })).rejects.toMatchObject({
        code: 'invalid_argument',
        path,
      });
    }
    expect(session.events).toEqual([]);
  });

  it('may be under a temp: key', async () => {
    const service = open();
    const connection = new Map([['live', () => 1]]);
    const state = { 'temp:connection': connection };
    const { session, stored } = await append(
      service,
      createEvent({ actions: createEventActions({ stateDelta: state }) }),
    );
    expect(session.state['temp:connection']).toBe(connection);
    expect(stored.state).toEqual({});
    expect((await service.createSession({ ...owner, state })).state).toEqual({});
  });

  it.each([
    ['no event', undefined],
    ['actions that are no object', { ...createEvent(), actions: 'x' }],
    ['a time between two milliseconds', createEvent({ timestamp: 1.5 })],
  ])('%s is refused', async (_, event) => {
    const service = open();
    const session = await service.createSession(owner);
    const request = { session, event: event as unknown as Event };
    await expect(service.appendEvent(request)).rejects.toThrow();
    expect(session.events).toEqual([]);
  });
});
