import { type Event, HoldfastError, type JsonObject } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import type { EventRecord, ExportRecord, SessionRecord } from './export-record.ts';
import { importRecords } from './import-records.ts';
import type { ImportPart, ImportSessionRequest, UpdateStateRequest } from './requests.ts';
import type { SessionService } from './session-service.ts';

const user = { appName: 'app', userId: 'ann' };

function sessionRecord(sessionId: string, revision: number): SessionRecord {
  return {
    type: 'session',
    version: 1,
    ...user,
    sessionId,
    createTime: 1,
    lastUpdateTime: 2,
    revision,
    initialState: {},
    state: {},
  };
}

function eventRecord(sessionId: string, seq: number, text = ''): EventRecord {
  const content = { parts: [{ text }] };
  const event: Event = {
    id: `e${seq}`,
    seq,
    invocationId: '',
    timestamp: 1,
    content,
    actions: { stateDelta: {} },
  };
  return { type: 'event', version: 1, ...user, sessionId, event };
}

function eventRecords(sessionId: string, count: number, text?: string): EventRecord[] {
  return Array.from({ length: count }, (_, i) => eventRecord(sessionId, i + 1, text));
}

/** What an import asks of a service. */
class Target {
  readonly parts: ImportSessionRequest[] = [];
  readonly states: JsonObject[] = [];
  readonly present = new Set<string>();
  /** What the next parts come to; after these, they are written. */
  readonly faults: (Error | undefined)[] = [];

  get written(): readonly string[] {
    return this.parts.map(({ sessionId, events }) => `${sessionId}: ${events.length}`);
  }

  import(records: Iterable<unknown> | AsyncIterable<unknown>) {
    const service = this as unknown as SessionService;
    return importRecords(service, records as Iterable<ExportRecord>);
  }

  async get({ sessionId }: { readonly sessionId: string }) {
    return this.present.has(sessionId) ? {} : undefined;
  }

  async updateState(update: UpdateStateRequest) {
    this.states.push(update as unknown as JsonObject);
  }

  async importSession(part: ImportSessionRequest): Promise<ImportPart> {
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
    this.parts.push(part);
    const revision = (part.part?.revision ?? 0) + part.events.length;
    return { revision, incarnation: part.part?.incarnation ?? `new ${part.sessionId}` };
  }
}

const nothing = { sessions: 0, events: 0, states: 0, present: 0, incomplete: 0 };

describe('importRecords', () => {
  it('writes states key by key, and each session with its events', async () => {
    const target = new Target();
    const result = await target.import([
      { type: 'state', version: 1, appName: 'app', state: { currency: 'EUR' } },
      { type: 'state', version: 1, ...user, state: { name: 'Ann' } },
      sessionRecord('a', 2),
      ...eventRecords('a', 2),
      sessionRecord('b', 0),
    ]);
    expect(result).toStrictEqual({ ...nothing, states: 2, sessions: 2, events: 2 });
    expect(target.states).toStrictEqual([
      { scope: 'app', appName: 'app', set: { currency: 'EUR' } },
      { scope: 'user', ...user, set: { name: 'Ann' } },
    ]);
    expect(target.written).toEqual(['a: 2', 'b: 0']);
  });

  it('writes a large state in parts, since each came by a call of its own', async () => {
    const target = new Target();
    const large = 'x'.repeat(3 * 1024 * 1024);
    const state = { a: large, b: 1, c: large, ['__proto__']: large, d: 2 };
    expect(await target.import([{ type: 'state', version: 1, ...user, state }])).toStrictEqual({
      ...nothing,
      states: 1,
    });
    const names = target.states.map(({ set }) => Object.keys(set as JsonObject));
    expect(names).toEqual([['a', 'b'], ['c'], ['__proto__', 'd']]);
  });

  it('takes records as they come', async () => {
    const target = new Target();
    async function* lines() {
      yield JSON.parse(JSON.stringify(sessionRecord('a', 1)));
      yield JSON.parse(JSON.stringify(eventRecord('a', 1)));
    }
    expect(await target.import(lines())).toMatchObject({ sessions: 1, events: 1 });
  });

  it('writes a long session in parts, each of which goes on where the one before ended', async () => {
    const target = new Target();
    await target.import([sessionRecord('a', 600), ...eventRecords('a', 600)]);
    expect(target.written).toEqual(['a: 250', 'a: 250', 'a: 100']);
    expect(target.parts.map(({ part }) => part)).toEqual([
      undefined,
      { revision: 250, incarnation: 'new a' },
      { revision: 500, incarnation: 'new a' },
    ]);
  });

  it('writes large events in smaller parts', async () => {
    const target = new Target();
    const text = 'x'.repeat(1024 * 1024);
    await target.import([sessionRecord('a', 10), ...eventRecords('a', 10, text)]);
    expect(target.written).toEqual(['a: 4', 'a: 4', 'a: 2']);
  });

  it('writes no last part before all events are there, and leaves out what has fewer', async () => {
    const target = new Target();
    const result = await target.import([
      sessionRecord('a', 251),
      ...eventRecords('a', 250),
      sessionRecord('b', 1),
    ]);
    expect(result).toStrictEqual({ ...nothing, incomplete: 2 });
    expect(target.written).toEqual(['a: 250']);
  });

  it('leaves a session as it is that is there', async () => {
    const target = new Target();
    target.present.add('a');
    const result = await target.import([
      sessionRecord('a', 300),
      ...eventRecords('a', 300),
      sessionRecord('b', 0),
    ]);
    expect(result).toStrictEqual({ ...nothing, sessions: 1, present: 1 });
    expect(target.written).toEqual(['b: 0']);
  });

  it('leaves a session to whoever was faster', async () => {
    const target = new Target();
    target.faults.push(new HoldfastError('already_exists', { message: 'there' }));
    const result = await target.import([sessionRecord('a', 300), ...eventRecords('a', 300)]);
    expect(result).toStrictEqual({ ...nothing, present: 1 });
    expect(target.written).toEqual([]);
  });

  it('ends with any other error', async () => {
    const target = new Target();
    target.faults.push(undefined, new HoldfastError('conflict', { message: 'another part' }));
    const records = [sessionRecord('a', 300), ...eventRecords('a', 300), sessionRecord('b', 0)];
    await expect(target.import(records)).rejects.toMatchObject({ code: 'conflict' });
    expect(target.written).toEqual(['a: 250']);
  });

  it('leaves it to the service to refuse what is not JSON', async () => {
    const target = new Target();
    const odd = { ...eventRecord('a', 1), event: { id: 'e1', output: 1n } };
    await target.import([sessionRecord('a', 2), odd, eventRecord('a', 2)]);
    expect(target.written).toEqual(['a: 1', 'a: 1']);
    const state = { a: 1n, b: undefined, c: 1 };
    await target.import([{ type: 'state', version: 1, ...user, state }]);
    const sets = target.states.map(({ set }) => Object.keys(set as JsonObject));
    expect(sets).toEqual([['a'], ['b'], ['c']]);
  });

  it('refuses records that are no list or stream', async () => {
    for (const records of [null, undefined, 'a line', 7, sessionRecord('a', 0)]) {
      const refusal = expect(new Target().import(records as never)).rejects;
      await refusal.toMatchObject({ code: 'invalid_argument', path: 'records' });
    }
  });

  const fault = new Error('not today');
  const unreadable = Object.defineProperty({ ...sessionRecord('b', 0) }, 'version', {
    enumerable: true,
    get() {
      throw fault;
    },
  });
  const session = sessionRecord('a', 1);
  const refused = { code: 'invalid_argument', path: 'records' };
  it.each<[string, unknown, object]>([
    ['is not an object', 'a line', refused],
    ['is null', null, refused],
    ['has no known type', { version: 1, type: 'index' }, refused],
    ['cannot be read', unreadable, { ...refused, cause: fault }],
    ['has a text as its revision', { ...session, revision: '1' }, refused],
    ['has no revision', { ...session, revision: undefined }, refused],
    ['has no event', { ...eventRecord('a', 1), event: undefined }, refused],
    ['has no state', { type: 'state', version: 1, ...user, state: null }, refused],
    ['is of a later version', { ...session, version: 2 }, { code: 'unsupported', path: 'version' }],
    ['has no version', { type: 'session' }, { code: 'unsupported', path: 'version' }],
    ['is an event of another session', eventRecord('b', 1), refused],
    ['is an event of another user', { ...eventRecord('a', 1), userId: 'bob' }, refused],
  ])('ends at a record that %s, and says which it is', async (_, record, expected) => {
    const target = new Target();
    const error = await target.import([session, record]).catch((reason: unknown) => reason);
    expect(error).toMatchObject(expected);
    expect(String(error)).toContain('record 2 ');
    expect(target.written).toEqual([]);
  });

  it('refuses an event without a session before it, also behind a state', async () => {
    const state = { type: 'state', version: 1, ...user, state: {} };
    for (const records of [
      [eventRecord('a', 1)],
      [sessionRecord('a', 0), state, eventRecord('a', 1)],
    ]) {
      await expect(new Target().import(records)).rejects.toMatchObject(refused);
    }
  });
});
