import { createEvent, type Event } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { Session } from './session.ts';

const key = { appName: 'app', userId: 'user', sessionId: 's1' };

function stored(seq: number, fields: Partial<Event> = {}): Event {
  return { ...createEvent({ id: `e${seq}`, timestamp: seq * 10 }), ...fields, seq };
}

function session(events: readonly Event[] = []) {
  return new Session({
    key,
    incarnation: 'first',
    createTime: 5,
    lastUpdateTime: Math.max(5, ...events.map(({ timestamp }) => timestamp)),
    revision: events.length,
    events,
    state: { session: new Map([['step', 0]]), user: new Map(), app: new Map() },
  });
}

describe('Session', () => {
  it('names its ids, and shows itself as JSON', () => {
    const snapshot = session([stored(1)]);
    expect(snapshot).toMatchObject({ id: 's1', ...key, key, revision: 1 });
    expect({ ...snapshot }).toMatchObject(key);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual({
      id: 's1',
      appName: 'app',
      userId: 'user',
      sessionId: 's1',
      state: { step: 0 },
      events: JSON.parse(JSON.stringify([stored(1)])),
      incarnation: 'first',
      createTime: 5,
      lastUpdateTime: 10,
      revision: 1,
      labels: {},
    });
    expect(Object.isFrozen(snapshot)).toBe(true);
    expect(Object.isFrozen(snapshot.events)).toBe(true);
  });

  it('gives the contents of its events as the history', () => {
    const content = { role: 'user', parts: [{ text: 'hi' }] };
    const snapshot = session([stored(1, { content }), stored(2)]);
    expect(snapshot.conversationHistory).toEqual([content]);
    expect(snapshot.conversationHistory).toBe(snapshot.conversationHistory);
  });

  it('goes on with the next event without asking a store', () => {
    const first = session();
    first.state.set('temp:plan', 1).set('draft', 'x');
    const actions = { stateDelta: { step: 1, 'user:name': 'Ada' } };
    const next = first.withEvent(stored(1, { actions, timestamp: 3 })).withEvent(stored(2));
    expect(next.events.map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(Object.isFrozen(next.events)).toBe(true);
    expect(next).toMatchObject({ revision: 2, lastUpdateTime: 20 });
    expect(next.state.toJSON()).toEqual({
      step: 1,
      'user:name': 'Ada',
      'temp:plan': 1,
      draft: 'x',
    });
    expect(next.state.takeDelta().stateDelta).toEqual({ 'temp:plan': 1, draft: 'x' });
    expect(first.events).toEqual([]);
    expect(first.revision).toBe(0);
    expect(first.state.get('step')).toBe(0);
    expect(first.withEvent(stored(1, { timestamp: 3 })).lastUpdateTime).toBe(5);
  });

  it('takes an event that it has, or a partial one, as no change', () => {
    const snapshot = session([stored(1), stored(2)]);
    expect(snapshot.withEvent(stored(1))).toBe(snapshot);
    expect(snapshot.withEvent(createEvent({ partial: true }))).toBe(snapshot);
  });

  it('knows from where on events can be active, or that it may be from the first', () => {
    const compactedContent = { parts: [{ text: 'so far' }] };
    const compaction = { fromSeq: 1, throughSeq: 1, compactedContent };
    const steps: readonly (readonly [Event['actions'], number])[] = [
      [{ stateDelta: {} }, 1],
      [{ stateDelta: {}, compaction }, 2],
      [{ stateDelta: {}, retract: { throughSeq: 2 } }, 3],
      [{ stateDelta: {}, retract: { throughSeq: 1 } }, 3],
      [{ stateDelta: {}, retract: { eventIds: ['e2'] } }, 1],
      [{ stateDelta: {}, retract: { throughSeq: 3 } }, 4],
      [{ stateDelta: {}, rewind: { toSeq: 2 } }, 1],
    ];
    let snapshot = session();
    steps.forEach(([actions, activeFrom], i) => {
      snapshot = snapshot.withEvent(stored(i + 1, { actions }));
      expect(snapshot.activeFrom).toBe(activeFrom);
    });
  });

  it('cannot go on with an event that was erased', () => {
    const stub = { id: 'e1', seq: 1, timestamp: 3, author: 'user', erased: true };
    const erased = Object.defineProperty({ ...stub }, 'actions', { value: { stateDelta: {} } });
    for (const event of [stub, Object.freeze(stub), Object.freeze(erased)]) {
      expect(() => session().withEvent(event as never)).toThrow(
        expect.objectContaining({ code: 'conflict', key, path: 'erased', revision: 0 }),
      );
      const snapshot = session([stored(1)]);
      expect(snapshot.withEvent(event as never)).toBe(snapshot);
    }
  });

  it.each([3, 0, 1.5, undefined])('refuses seq %s at revision 1', (seq) => {
    const event = { ...createEvent(), ...(seq !== undefined && { seq }) };
    expect(() => session([stored(1)]).withEvent(event)).toThrow(
      expect.objectContaining({ code: 'conflict', key, path: 'seq', revision: 1 }),
    );
  });

  it('walks ten thousand events in a moment', () => {
    let snapshot = session();
    for (let seq = 1; seq <= 10_000; seq++) snapshot = snapshot.withEvent(stored(seq));
    expect(snapshot.events).toHaveLength(10_000);
    expect(snapshot.events.at(-1)?.seq).toBe(10_000);
  });
});

describe('Session.withEvent, given what came over the wire', () => {
  const wire = () =>
    JSON.parse(JSON.stringify(stored(1, { content: { parts: [{ text: 'hi' }] } })));

  it('takes a frozen copy, and a frozen event as it is', () => {
    const event = wire();
    const next = session().withEvent(event);
    event.content.parts[0].text = 'changed';
    expect(next.conversationHistory).toEqual([{ parts: [{ text: 'hi' }] }]);
    expect(next.events[0]?.seq).toBe(1);
    expect(Object.isFrozen(next.events[0]?.content?.parts?.[0])).toBe(true);
    const again = session().withEvent(next.events[0] as Event);
    expect(again.events[0]).toBe(next.events[0]);
  });

  it('refuses what is no event', () => {
    const wrong = (path: string) => expect.objectContaining({ code: 'invalid_argument', path });
    expect(() => session().withEvent(undefined as never)).toThrow(wrong('event'));
    expect(() => session().withEvent({ ...wire(), timestamp: undefined })).toThrow(
      wrong('timestamp'),
    );
    expect(() => session().withEvent({ ...wire(), actions: 5 })).toThrow(wrong('actions'));
    expect(() => session().withEvent({ ...wire(), output: Number.NaN })).toThrow(wrong('output'));
    let deep: unknown = 0;
    for (let i = 0; i < 100_000; i++) deep = Object.freeze([deep]);
    expect(() => session().withEvent(Object.freeze({ ...wire(), output: deep }) as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });

  it('follows a long run of different keys without holding on to each step', () => {
    let snapshot = session();
    for (let seq = 1; seq <= 20_000; seq++) {
      const actions = { stateDelta: { [`key-${seq}`]: seq }, removedStateKeys: [`key-${seq - 9}`] };
      snapshot = snapshot.withEvent(stored(seq, { actions }));
    }
    expect(snapshot.state.size).toBe(10);
    expect(snapshot.state.get('key-20000')).toBe(20_000);
    expect(snapshot.state.has('key-19991')).toBe(false);
  });
});
