import { type Event, HoldfastError, type JsonObject } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { markEvent, markOf } from './event-mark.ts';
import type { ExportRecord } from './export-record.ts';
import { exportApp, exportUser } from './export-records.ts';
import { Session } from './session.ts';
import type { SessionService } from './session-service.ts';

const user = { appName: 'app', userId: 'ann' };

interface Kept {
  readonly sessionId: string;
  readonly revision: number;
  readonly incarnation?: string;
}

function sessionOf({ sessionId, revision, incarnation = 'first' }: Kept): Session {
  return new Session({
    key: { ...user, sessionId },
    incarnation,
    createTime: 1,
    lastUpdateTime: 2,
    revision,
    events: [],
    state: {
      session: new Map([['cart', 1]]),
      user: new Map([['name', 'Ann']]),
      app: new Map([['currency', 'EUR']]),
    },
    initialState: new Map([['cart', 0]]),
  });
}

/** What an export asks of a service: sessions, in pages, and the first events of each. */
class Kit {
  readonly pages: Kept[][] = [];
  readonly users: string[][] = [];
  readonly asked: string[] = [];
  /** Sessions that are deleted before they are read, or after so many of their pages. */
  readonly deletedAfter = new Map<string, number>();
  states: Record<string, JsonObject> = {};

  service(): SessionService {
    return this as unknown as SessionService;
  }

  async list({ userId, cursor = '0' }: { readonly userId: string; readonly cursor?: string }) {
    this.asked.push(`list ${userId} ${cursor}`);
    const page = userId === user.userId ? (this.pages[Number(cursor)] ?? []) : [];
    const hasMore = userId === user.userId && Number(cursor) + 1 < this.pages.length;
    return {
      sessions: page.map((kept) => sessionOf(kept)),
      ...(hasMore && { nextCursor: String(Number(cursor) + 1) }),
    };
  }

  async listUsers({ afterUserId }: { readonly afterUserId?: string }) {
    const place = this.users.findIndex((page) => page.at(-1) === afterUserId) + 1;
    return { userIds: this.users[place] ?? [], hasMore: place + 1 < this.users.length };
  }

  async get({ sessionId }: { readonly sessionId: string }): Promise<Session | undefined> {
    this.asked.push(`get ${sessionId}`);
    if (this.deletedAfter.get(sessionId) === 0) return undefined;
    const kept = this.pages.flat().find((session) => session.sessionId === sessionId);
    return kept && sessionOf(kept);
  }

  async getState({ scope, userId }: { readonly scope: string; readonly userId?: string }) {
    return this.states[userId ?? scope] ?? {};
  }

  /** Two events a page. */
  async listEvents({
    sessionId,
    afterSeq = 0,
    beforeSeq = 0,
  }: {
    readonly sessionId: string;
    readonly afterSeq?: number;
    readonly beforeSeq?: number;
  }) {
    const isDeleted = this.deletedAfter.get(sessionId) === afterSeq / 2;
    if (isDeleted) throw new HoldfastError('not_found', { message: 'deleted' });
    const last = Math.min(afterSeq + 2, beforeSeq - 1);
    const events: Event[] = [];
    for (let seq = afterSeq + 1; seq <= last; seq++) {
      const actions = { stateDelta: {} };
      const event = { id: `e${seq}`, seq, invocationId: '', timestamp: 1, actions };
      markEvent(event, markOf('first'));
      events.push(event);
    }
    return { events, hasMore: last < beforeSeq - 1 };
  }
}

async function all(records: AsyncIterable<ExportRecord>): Promise<ExportRecord[]> {
  const found: ExportRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}

/** A record in a word. */
const short = (record: ExportRecord) => {
  if (record.type === 'event') return `${record.sessionId}/${record.event.seq}`;
  return record.type === 'session' ? record.sessionId : `state of ${record.userId ?? 'the app'}`;
};

describe('exportUser', () => {
  it('gives the state, and each session with its events behind it', async () => {
    const kit = new Kit();
    kit.states = { ann: { name: 'Ann' } };
    kit.pages.push([{ sessionId: 'a', revision: 3 }], [{ sessionId: 'b', revision: 0 }]);
    const records = await all(exportUser(kit.service(), user));
    expect(records.map(short)).toEqual(['state of ann', 'a', 'a/1', 'a/2', 'a/3', 'b']);
    expect(records[0]).toStrictEqual({
      type: 'state',
      version: 1,
      ...user,
      state: { name: 'Ann' },
    });
    // What is shared is not the session's own.
    expect(records[1]).toStrictEqual({
      type: 'session',
      version: 1,
      ...user,
      sessionId: 'a',
      createTime: 1,
      lastUpdateTime: 2,
      revision: 3,
      initialState: { cart: 0 },
      state: { cart: 1 },
    });
    expect(JSON.parse(JSON.stringify(records))).toEqual(records);
  });

  it('gives nothing of a user of whom there is nothing', async () => {
    expect(await all(exportUser(new Kit().service(), user))).toEqual([]);
  });

  it('gives a session once that is met twice, as it was appended to meanwhile', async () => {
    const kit = new Kit();
    const a = { sessionId: 'a', revision: 1 };
    kit.pages.push([a, { sessionId: 'b', revision: 0 }], [a]);
    const records = await all(exportUser(kit.service(), user));
    expect(records.map(short)).toEqual(['a', 'a/1', 'b']);
  });

  it('leaves out a session that is deleted meanwhile, or ends before its last event', async () => {
    const kit = new Kit();
    kit.pages.push(
      ['a', 'b', 'c'].map((sessionId) => ({ sessionId, revision: sessionId === 'c' ? 0 : 4 })),
    );
    kit.deletedAfter.set('a', 0).set('b', 1);
    const records = await all(exportUser(kit.service(), user));
    expect(records.map(short)).toEqual(['b', 'b/1', 'b/2', 'c']);
  });

  it('gives no event of a session that was created in the place of another one', async () => {
    const kit = new Kit();
    kit.pages.push([
      { sessionId: 'a', revision: 2, incarnation: 'before' },
      { sessionId: 'b', revision: 2 },
    ]);
    const records = await all(exportUser(kit.service(), user));
    expect(records.map(short)).toEqual(['a', 'b', 'b/1', 'b/2']);
  });

  it('throws what is not a deletion', async () => {
    const kit = new Kit();
    kit.pages.push([{ sessionId: 'a', revision: 4 }]);
    const service = {
      ...bound(kit),
      listEvents: async () => {
        throw new HoldfastError('unavailable', { message: 'no server' });
      },
    };
    const walk = all(exportUser(service as unknown as SessionService, user));
    await expect(walk).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends by its signal, before it asks for anything more', async () => {
    const kit = new Kit();
    kit.pages.push([
      { sessionId: 'a', revision: 0 },
      { sessionId: 'b', revision: 0 },
    ]);
    const stop = new AbortController();
    const found: string[] = [];
    const walk = async () => {
      for await (const record of exportUser(kit.service(), { ...user, signal: stop.signal })) {
        found.push(short(record));
        stop.abort('enough');
      }
    };
    await expect(walk()).rejects.toBe('enough');
    expect([found, kit.asked]).toEqual([['a'], ['list ann 0', 'get a']]);
  });

  it.each<[string, object]>([
    ['appName', { userId: 'ann' }],
    ['userId', { appName: 'app' }],
    ['signal', { ...user, signal: 'stop' }],
  ])('is `invalid_argument` for a bad %s', async (path, request) => {
    const kit = new Kit();
    const walk = all(exportUser(kit.service(), request as never));
    await expect(walk).rejects.toMatchObject({ code: 'invalid_argument', path });
    expect(kit.asked).toEqual([]);
  });
});

describe('exportApp', () => {
  it("gives the app's state, and what there is of each user, page by page", async () => {
    const kit = new Kit();
    kit.states = { app: { currency: 'EUR' }, bob: { name: 'Bob' } };
    kit.users.push(['ann'], ['bob', 'cleo']);
    kit.pages.push([{ sessionId: 'a', revision: 1 }]);
    const records = await all(exportApp(kit.service(), { appName: 'app' }));
    expect(records.map(short)).toEqual(['state of the app', 'a', 'a/1', 'state of bob']);
    expect(kit.asked.filter((call) => call.startsWith('list'))).toEqual([
      'list ann 0',
      'list bob 0',
      'list cleo 0',
    ]);
  });

  it('asks for nothing if its signal was aborted before', async () => {
    const kit = new Kit();
    kit.users.push(['ann']);
    const walk = exportApp(kit.service(), { appName: 'app', signal: AbortSignal.abort('no') });
    await expect(all(walk)).rejects.toBe('no');
    expect(kit.asked).toEqual([]);
  });

  it('is `invalid_argument` without an app', async () => {
    const walk = all(exportApp(new Kit().service(), {} as never));
    await expect(walk).rejects.toMatchObject({ code: 'invalid_argument', path: 'appName' });
  });
});

function bound(kit: Kit) {
  return {
    list: kit.list.bind(kit),
    get: kit.get.bind(kit),
    getState: kit.getState.bind(kit),
  };
}
