import { createEvent, type Event } from '@holdfast/core';
import { checkSessionKey } from '@holdfast/core/internal';
import { describe, expect, it } from 'vitest';
import { iterateEvents } from './iterate-events.ts';
import { prepareRetract, prepareRewind } from './life/prepare-marker.ts';
import { decodeListCursor, encodeListCursor } from './list-cursor.ts';
import { matchStored } from './match-stored.ts';
import {
  answerAppend,
  numberEvents,
  prepareAppendEvent,
  prepareAppendEvents,
} from './prepare-append.ts';
import { prepareCreate, prepareGetOrCreate } from './prepare-create.ts';
import { prepareGet } from './prepare-get.ts';
import { prepareList } from './prepare-list.ts';
import { prepareListEvents } from './prepare-list-events.ts';
import { prepareGetState, prepareUpdateState } from './prepare-state.ts';
import type { ListEventsRequest } from './requests.ts';
import { checkServiceOptions } from './service-options.ts';

const key = { appName: 'app', userId: 'user', sessionId: 's1' };
const options = checkServiceOptions({ now: () => 42 });
const capabilities = { listAllUsers: true, updateSession: true };
const listing = { capabilities, now: () => 42 };

const wrong = (path: string) => expect.objectContaining({ code: 'invalid_argument', path });
const append = (event: unknown) => () =>
  prepareAppendEvent({ ...key, event: event as object }, options);
const appendAll = (events: unknown) => () =>
  prepareAppendEvents({ ...key, events: events as object[] }, options);

describe('requests', () => {
  it.each([undefined, null, 5, 'x'])('%j is no request', (request) => {
    for (const prepare of [prepareGet, checkSessionKey, prepareListEvents, prepareGetState]) {
      expect(() => prepare(request as never)).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      );
    }
  });

  it('name what is wrong in them', () => {
    const get = (fields: object) => () => prepareGet({ ...key, ...fields });
    expect(get({ userId: 5 })).toThrow(wrong('userId'));
    expect(get({ numRecentEvents: -1 })).toThrow(wrong('numRecentEvents'));
    expect(get({ afterTimestamp: 0.5 })).toThrow(wrong('afterTimestamp'));
    const events = (fields: object) => () => prepareListEvents({ ...key, ...fields });
    expect(events({ limit: 1001 })).toThrow(wrong('limit'));
    expect(events({ order: 'up' })).toThrow(wrong('order'));
    expect(events({ order: 5 })).toThrow(wrong('order'));
    expect(events({ afterSeq: -1 })).toThrow(wrong('afterSeq'));
    const list = (fields: object) => () => prepareList({ ...key, ...fields }, listing);
    expect(list({ userId: undefined })).toThrow(wrong('userId'));
    expect(list({ allUsers: true })).toThrow(wrong('userId'));
    expect(list({ allUsers: false })).toThrow(wrong('allUsers'));
    expect(list({ includeState: 'yes' })).toThrow(wrong('includeState'));
    expect(list({ limit: 0 })).toThrow(wrong('limit'));
    const retract = (fields: object) => () => prepareRetract({ ...key, ...fields } as never);
    expect(retract({ eventIds: 'e1' })).toThrow(wrong('eventIds'));
    expect(retract({ eventIds: [5] })).toThrow(wrong('eventIds[0]'));
    const create = (fields: object) => () => prepareCreate({ ...key, ...fields }, options);
    expect(create({ state: null })).toThrow(wrong('state'));
    expect(create({ state: { 'user:': 1 } })).toThrow(wrong('state["user:"]'));
    expect(create({ state: { a: undefined } })).toThrow(wrong('state["a"]'));
    expect(() => prepareGetOrCreate({ ...key, sessionId: undefined as never }, options)).toThrow(
      wrong('sessionId'),
    );
    expect(() => checkServiceOptions({ maxEventBytes: 8 * 1024 * 1024 + 1 })).toThrow(
      wrong('maxEventBytes'),
    );
  });

  it.each([
    ['list', 'userId must be given if allUsers is not'],
    ['rewind', 'toSeq must be given if beforeInvocationId is not'],
    ['retract', 'eventIds must be given if throughSeq is not'],
  ])('without what a %s has to have are told what is missing', (call, message) => {
    const { userId, ...rest } = key;
    const calls = new Map<string, () => unknown>([
      ['list', () => prepareList(rest as never, listing)],
      ['rewind', () => prepareRewind({ ...rest, userId } as never)],
      ['retract', () => prepareRetract({ ...rest, userId } as never)],
    ]);
    expect(calls.get(call)).toThrow(message);
  });

  it('of a state say whose it is', () => {
    const state = (fields: object) => () => prepareUpdateState(fields as never, options);
    expect(state({ appName: 'a' })).toThrow(wrong('scope'));
    expect(state({ scope: 'temp', appName: 'a' })).toThrow(wrong('scope'));
    expect(state({ scope: 'user', appName: 'a' })).toThrow(wrong('userId'));
    expect(state({ scope: 'app', appName: 'a', userId: 'u' })).toThrow(wrong('userId'));
    const app = { scope: 'app', appName: 'a' };
    expect(state({ ...app, set: { 'app:': 1 } })).toThrow(wrong('set["app:"]'));
    expect(state({ ...app, set: { a: 1 }, remove: ['a'] })).toThrow(wrong('remove[0]'));
    expect(state({ ...app, remove: ['a', ''] })).toThrow(wrong('remove[1]'));
    expect(state({ ...app, remove: 'a' })).toThrow(wrong('remove'));
    expect(state({ ...app, set: [] })).toThrow(wrong('set'));
  });

  it('that a capability denies are unsupported', () => {
    const list = () =>
      prepareList(
        { appName: 'app', allUsers: true },
        { ...listing, capabilities: { ...capabilities, listAllUsers: false } },
      );
    expect(list).toThrow(expect.objectContaining({ code: 'unsupported', path: 'allUsers' }));
    const labelled = () =>
      prepareList(
        { appName: 'app', userId: 'user', labels: { status: 'open' } },
        { ...listing, capabilities: { ...capabilities, updateSession: false } },
      );
    expect(labelled).toThrow(expect.objectContaining({ code: 'unsupported', path: 'labels' }));
  });
});

describe('list cursors', () => {
  const list = { appName: 'app', userId: undefined, order: 'desc' } as const;
  const position = { lastUpdateTime: 5, key: { userId: 'ü', sessionId: '日本' } };

  it('round-trip', () => {
    const cursor = encodeListCursor(list, position);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeListCursor(cursor, list)).toEqual(position);
  });

  it.each([
    { ...list, appName: 'other' },
    { ...list, userId: 'user' },
    { ...list, order: 'asc' as const },
  ])('belong to their request alone', (other) => {
    expect(() => decodeListCursor(encodeListCursor(list, position), other)).toThrow(
      wrong('cursor'),
    );
  });

  it.each([
    '',
    'x',
    '!!!',
    5,
    null,
    btoa('[]'),
    btoa('{}'),
    btoa('[2,"desc","app",null,5,"u","s"]'),
    btoa('[1,"desc","app",null,"5","u","s"]'),
    btoa('[1,"desc","app",null,5,"","s"]'),
    btoa('[1,"desc","app",null,5,"u",7]'),
    '_w',
  ])('%j is none', (cursor) => {
    expect(() => decodeListCursor(cursor, list)).toThrow(wrong('cursor'));
  });
});

describe('appends', () => {
  it('complete an event, drop its temp: keys and its seq, and leave the input alone', () => {
    const event = {
      id: 'e1',
      seq: 99,
      actions: {
        stateDelta: { a: 1, 'temp:x': 2 },
        removedStateKeys: ['temp:y', 'user:z'],
        escalate: undefined,
      },
      future: { field: [1] },
    };
    const copy = structuredClone(event);
    const prepared = prepareAppendEvent({ ...key, event }, options);
    expect(prepared.events[0]).toStrictEqual({
      id: 'e1',
      actions: { stateDelta: { a: 1 }, removedStateKeys: ['user:z'] },
      future: { field: [1] },
      invocationId: '',
      timestamp: 42,
    });
    expect(event).toEqual(copy);
    expect([...prepared.changes.session]).toEqual([['a', 1]]);
    expect([...prepared.changes.user]).toEqual([['z', undefined]]);
  });

  it('keep a partial event as it is, out of what is stored', () => {
    const partial = { id: 'p', partial: true, actions: { stateDelta: { 'temp:x': 1 } } };
    const whole = { id: 'w' };
    const prepared = prepareAppendEvents({ ...key, events: [partial, whole] }, options);
    expect(prepared.events.map(({ id }) => id)).toEqual(['w']);
    const [stored] = numberEvents(prepared, { revision: 7, mark: 'first' });
    expect(stored).toMatchObject({ id: 'w', seq: 7 });
    expect(Object.isFrozen(stored)).toBe(true);
    const answer = answerAppend(prepared, [stored as Event]);
    expect(answer[0]).toMatchObject(partial);
    expect(answer[1]).toBe(stored);
  });

  it.each([
    [null, 'event'],
    [[], 'event'],
    [new Date(0), 'event'],
    [{ id: '' }, 'id'],
    [{ id: null }, 'id'],
    [{ timestamp: -1 }, 'timestamp'],
    [{ timestamp: 8.64e15 + 1 }, 'timestamp'],
    [{ timestamp: '5' }, 'timestamp'],
    [{ invocationId: 5 }, 'invocationId'],
    [{ author: {} }, 'author'],
    [{ content: 'hi' }, 'content'],
    [{ partial: 'yes' }, 'partial'],
    [{ actions: [] }, 'actions'],
    [{ actions: { stateDelta: [] } }, 'actions.stateDelta'],
    [{ actions: { stateDelta: { 'temp:': 1 } } }, 'actions.stateDelta["temp:"]'],
    [{ actions: { stateDelta: { a: undefined } } }, 'actions.stateDelta["a"]'],
    [
      { actions: { stateDelta: { cart: [0, 1, { price: Number.NaN }] } } },
      'actions.stateDelta["cart"][2].price',
    ],
    [{ actions: { removedStateKeys: 'a' } }, 'actions.removedStateKeys'],
    [{ actions: { removedStateKeys: [5] } }, 'actions.removedStateKeys[0]'],
    [
      { actions: { stateDelta: { 'temp:a': 1 }, removedStateKeys: ['b', 'temp:a'] } },
      'actions.removedStateKeys[1]',
    ],
    [{ content: { parts: [{ text: () => 0 }] } }, 'content.parts[0].text'],
  ])('refuse %j', (event, path) => {
    expect(append(event)).toThrow(wrong(path));
  });

  it('leave out temp: keys unless what is stored is partial', () => {
    const event = { actions: { stateDelta: { 'temp:x': 1 } } };
    Object.defineProperty(event, 'partial', { value: true });
    const prepared = prepareAppendEvent({ ...key, event }, options);
    expect(prepared.events[0]?.actions.stateDelta).toEqual({});
  });

  it('count temp: keys in the size', () => {
    const actions = { stateDelta: { 'temp:x': '\u0000'.repeat(3 << 19) } };
    expect(append({ actions })).toThrow(expect.objectContaining({ code: 'too_large' }));
  });

  it('name the event of a batch', () => {
    expect(appendAll([{}, { timestamp: -1 }])).toThrow(wrong('events[1].timestamp'));
    expect(appendAll([{}, null])).toThrow(wrong('events[1]'));
    expect(appendAll([{ id: 'a' }, { id: 'a' }])).toThrow(wrong('events[1].id'));
    expect(appendAll({})).toThrow(wrong('events'));
    expect(appendAll([{ actions: { stateDelta: { a: 1n } } }])).toThrow(
      wrong('events[0].actions.stateDelta["a"]'),
    );
    expect(() => prepareAppendEvent({ ...key, event: {}, expectedRevision: -1 }, options)).toThrow(
      wrong('expectedRevision'),
    );
    expect(() =>
      prepareAppendEvents({ ...key, events: [], onStored: 'no' as never }, options),
    ).toThrow(wrong('onStored'));
  });

  it.each(['stateDelta', 'state_delta'])(
    'say where a %s belongs that is beside actions',
    (field) => {
      const event = { actions: {}, [field]: { a: 1 } };
      expect(append(event)).toThrow(wrong(field));
      expect(append(event)).toThrow('actions.stateDelta');
      expect(appendAll([{}, event])).toThrow(wrong(`events[1].${field}`));
    },
  );
});

describe('matchStored', () => {
  const base = { id: 'e1', author: 'user', actions: { stateDelta: { a: 1 } } };
  const stored: Event = { ...createEvent({ ...base, timestamp: 7 }), seq: 1 };
  const match = (...events: object[]) =>
    matchStored(prepareAppendEvents({ ...key, events }, options), (id) =>
      id === 'e1' ? stored : undefined,
    );

  it('knows a retry, also without what the service had filled in', () => {
    expect(match(base)).toEqual([stored]);
    expect(match({ ...base, timestamp: 7 })).toEqual([stored]);
    expect(match(stored)).toEqual([stored]);
    const actions = { artifactDelta: {}, removedStateKeys: [], stateDelta: { a: 1, 'temp:b': 2 } };
    expect(match({ ...base, actions })).toEqual([stored]);
    expect(match({ id: 'e2' })).toBeUndefined();
    expect(match()).toBeUndefined();
  });

  it.each([
    { ...base, timestamp: 8 },
    { ...base, author: 'other' },
    { ...base, extra: 1 },
    { id: 'e1', author: 'user' },
  ])('refuses other content: %j', (event) => {
    const taken = expect.objectContaining({ code: 'already_exists', key, path: 'events[0].id' });
    expect(() => match(event)).toThrow(taken);
  });

  it('refuses a batch of which only some are there', () => {
    expect(() => match(base, { id: 'e2' })).toThrow(
      expect.objectContaining({ code: 'already_exists' }),
    );
  });
});

describe('iterateEvents', () => {
  const all = Array.from({ length: 5 }, (_, i) => ({
    ...createEvent({ id: `e${i + 1}` }),
    seq: i + 1,
  }));
  const service = {
    async listEvents({
      afterSeq = 0,
      beforeSeq = 9,
      limit = 100,
      order = 'asc',
    }: ListEventsRequest) {
      const found = all.filter(({ seq }) => seq > afterSeq && seq < beforeSeq);
      if (order === 'desc') found.reverse();
      return { events: found.slice(0, limit), hasMore: found.length > limit };
    },
  };
  const walk = async (request: object) => {
    const ids: string[] = [];
    for await (const { id } of iterateEvents(service, { ...key, ...request })) ids.push(id);
    return ids;
  };

  it('walks all pages, in either order, within bounds', async () => {
    expect(await walk({ pageSize: 2 })).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(await walk({ pageSize: 2, order: 'desc' })).toEqual(['e5', 'e4', 'e3', 'e2', 'e1']);
    expect(await walk({ pageSize: 2, afterSeq: 1, beforeSeq: 5 })).toEqual(['e2', 'e3', 'e4']);
    expect(await walk({ afterSeq: 5 })).toEqual([]);
  });

  it('names what is wrong in its request', async () => {
    await expect(walk({ pageSize: 0 })).rejects.toEqual(wrong('pageSize'));
    await expect(walk({ signal: 5 })).rejects.toEqual(wrong('signal'));
    const none = iterateEvents(service, null as never);
    await expect(none.next()).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const end = async () => {
      for await (const { id } of iterateEvents(service, { ...key, signal: controller.signal })) {
        seen.push(id);
        controller.abort(new Error('enough'));
      }
    };
    await expect(end()).rejects.toThrow('enough');
    expect(seen).toEqual(['e1']);
  });
});
