import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { type AdkImportRequest, importAdkDatabase } from './import-adk-database.ts';
import { createPythonTables } from './python-tables.fixture.ts';
import type { OnAdkRefused } from './refused-row.ts';
import { describeSources, type Source } from './sources.fixture.ts';

const time = 1_767_322_245.25;
const data = `{"author": "user", "timestamp": ${time}}`;

async function importWith(source: Source, options: Partial<AdkImportRequest>) {
  const service = new InMemorySessionService();
  const request = { database: source.database, service, appName: 'app', ...options };
  return { service, request, report: await importAdkDatabase(request) };
}

describeSources(['sqlite', 'mysql'], (open) => {
  it('a function says what takes the place of each refused row', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.app('{"rate": Infinity, "kept": 1}');
    await tables.user(' eve', '{"name ": "Eve"}');
    await tables.session(' eve', 'first', { state: '{"a": NaN, "b ": 2}' });
    const broken = `{"author": "user", "timestamp": ${time}, "custom_metadata": {"m": NaN}}`;
    await tables.event({ id: 'e1', userId: ' eve', sessionId: 'first', data: broken });
    await tables.event({ id: 'e2 ', userId: ' eve', sessionId: 'first', data });

    const onRefused: OnAdkRefused = (row) => {
      switch (row.table) {
        case 'app_states':
          return { state: { ...row.state, rate: null } };
        case 'user_states':
          return row.path === 'user_id' ? { userId: 'eve' } : { state: { name: 'Eve' } };
        case 'sessions':
          return row.path === 'user_id' ? { userId: 'eve' } : { state: trimmed(row.state) };
        case 'events':
          return row.path === 'id'
            ? { event: { ...row.event, id: 'e2' } }
            : { event: { ...row.event, customMetadata: { m: 'NaN' } } };
      }
    };
    const { service, report } = await importWith(source, { onRefused });
    const key = { appName: 'app', userId: 'eve', sessionId: 'first' };
    const session = await service.get(key);
    expect(session?.state.toJSON()).toEqual({
      a: null,
      b: 2,
      'user:name': 'Eve',
      'app:rate': null,
      'app:kept': 1,
    });
    expect(session?.events).toMatchObject([
      { id: 'e1', customMetadata: { m: 'NaN' } },
      { id: 'e2', timestamp: 1_767_322_245_250 },
    ]);
    expect(report).toMatchObject({ sessions: 1, events: 2, users: 1, skipped: 0, changed: 7 });
    expect(report.rows.map(({ table, path }) => `${table} ${path}`).sort()).toEqual([
      'app_states state["rate"]',
      'events customMetadata.m',
      'events id',
      'sessions state["a"]',
      'sessions user_id',
      'user_states state["name "]',
      'user_states user_id',
    ]);
  });
});

function trimmed(state: Record<string, unknown> | undefined) {
  return Object.fromEntries(
    Object.entries(state ?? {}).map(([key, value]) => [
      key.trim(),
      Number.isNaN(value) ? null : value,
    ]),
  );
}

describeSources(['sqlite'], (open) => {
  describe('a function that decides about refused rows', () => {
    async function two() {
      const source = await open();
      const tables = await createPythonTables(source);
      await tables.session(' eve', 'one');
      await tables.session('eve', 'one');
      return source;
    }

    it('gets a row of its own', async () => {
      const source = await open();
      const tables = await createPythonTables(source);
      await tables.session('ada', 'one', { state: '{"a ": 1, "list": [1]}' });
      const { service } = await importWith(source, {
        onRefused: (row) => {
          if (row.table === 'sessions') Object.assign(row.state ?? {}, { list: [2] });
          return 'skip';
        },
      });
      const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
      expect((await service.get(key))?.state.toJSON()).toEqual({ list: [1] });
    });

    it('may stop the import before anything is written', async () => {
      const source = await two();
      const service = new InMemorySessionService();
      const request = { database: source.database, service, appName: 'app' };
      await expect(
        importAdkDatabase({ ...request, onRefused: () => 'stop' }),
      ).rejects.toMatchObject({ code: 'invalid_argument', path: 'user_id' });
      expect((await service.list({ appName: 'app', allUsers: true })).sessions).toEqual([]);
    });

    it('cannot give a session the ids of another', async () => {
      const source = await two();
      const asked: string[] = [];
      const { report } = await importWith(source, {
        onRefused: (row) => {
          asked.push(row.reason);
          return asked.length % 2 === 1 ? { userId: 'eve' } : 'skip';
        },
      });
      expect(asked[1]).toMatch(/which another session has/);
      expect(report).toMatchObject({ sessions: 1, skipped: 1 });
    });

    it('cannot give two sessions the same ids', async () => {
      const source = await open();
      const tables = await createPythonTables(source);
      await tables.session(' eve', 'one');
      await tables.session('eve ', 'one');
      const { report } = await importWith(source, {
        onRefused: ({ path }) => (path === 'user_id' ? { userId: 'eve' } : { sessionId: 'two' }),
      });
      expect(report.sessions).toBe(2);
    });

    it.each<[string, string, OnAdkRefused]>([
      ['state that is none', 'sessions state', () => ({ userId: 'x', state: null as never })],
      [
        'a key of another scope',
        'sessions state["user:a"]',
        () => ({ userId: 'x', state: { 'user:a': 1 } }),
      ],
    ])('is told of %s, which may be left out', async (_, place, map) => {
      const source = await open();
      const tables = await createPythonTables(source);
      await tables.session(' eve', 'one');
      const onRefused: OnAdkRefused = (row) =>
        row.path === 'user_id' && typeof map === 'function' ? map(row) : 'skip';
      const { report } = await importWith(source, { onRefused });
      expect(report.sessions).toBe(1);
      expect(report.rows.map(({ table, path }) => `${table} ${path}`)).toContain(place);
    });

    it.each<[string, unknown]>([
      ['event', null],
      ['id', { timestamp: 1 }],
      ['timestamp', { id: 'x' }],
      ['partial', { id: 'x', timestamp: 1, partial: true }],
    ])('is told of an event that is none for its %s', async (path, event) => {
      const source = await open();
      const tables = await createPythonTables(source);
      await tables.session('ada', 'one');
      await tables.event({ id: 'e ', data });
      const onRefused: OnAdkRefused = (row) =>
        row.path === 'id' && row.reason.startsWith('must') ? { event: event as never } : 'skip';
      const { report } = await importWith(source, { onRefused });
      expect(report).toMatchObject({ events: 0, skipped: 1 });
      expect(report.rows.at(-1)?.path).toBe(path);
    });

    it('is not asked for ever', async () => {
      const source = await two();
      await expect(importWith(source, { onRefused: () => ({}) })).rejects.toMatchObject({
        code: 'invalid_argument',
        path: 'onRefused',
      });
    });

    it.each([
      ['not at all', () => undefined],
      ['later', async () => 'skip'],
      ['another word', () => 'leave'],
    ])('cannot answer %s', async (_, answer) => {
      const source = await two();
      const onRefused = answer as unknown as OnAdkRefused;
      await expect(importWith(source, { onRefused })).rejects.toMatchObject({
        code: 'invalid_argument',
        path: 'onRefused',
      });
    });
  });

  it('an import that was stopped by a changed row says where, and goes on there', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    for (const id of ['one', 'two', 'three']) {
      await tables.session('ada', id);
      await tables.event({ id: 'e', sessionId: id, data });
    }
    const service = new InMemorySessionService();
    const request = {
      database: source.database,
      service,
      appName: 'app',
      onRefused: 'stop' as const,
    };
    // The row changes after all rows were looked at.
    const changing = new Proxy(service, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (name === 'create') {
            await source.run("UPDATE events SET event_data = '{' WHERE session_id = 'two'");
          }
          return value.apply(target, args);
        };
      },
    });
    await expect(importAdkDatabase({ ...request, service: changing })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/has stopped.*"session_id":"two".*event_data is not JSON/),
    });
    expect((await service.list({ appName: 'app', allUsers: true })).sessions.length).toBe(1);
    const report = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(report).toMatchObject({ sessions: 3, events: 2, skipped: 1 });
    expect(report.written).toEqual({ sessions: 2, events: 1 });
  });

  it('an app whose name no service takes is imported under another', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.session('ada', 'one', { appName: ' app' });
    await expect(importWith(source, { appName: ' app' })).rejects.toMatchObject({
      code: 'invalid_argument',
      path: 'appName',
      message: expect.stringContaining('toAppName'),
    });
    const { report } = await importWith(source, { appName: ' app', toAppName: 'app' });
    expect(report).toMatchObject({ appName: 'app', sessions: 1 });
  });

  it('two events of one id in a session are one event, and the other is named', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await source.run('DROP TABLE events');
    await source.run(
      'CREATE TABLE events (id TEXT, app_name TEXT, user_id TEXT, session_id TEXT, invocation_id TEXT, timestamp TEXT, event_data TEXT)',
    );
    await tables.session('ada', 'one');
    for (let i = 0; i < 3; i++) await tables.event({ id: 'twice', data });
    await tables.event({ id: 'other', data });
    const { report } = await importWith(source, { onRefused: 'skip', pageSize: 1 });
    expect(report).toMatchObject({ events: 2, skipped: 2 });
    expect(report.rows[0]).toMatchObject({
      path: 'id',
      reason: 'is that of another event of the session',
    });
  });

  it('rows without an id are named', async () => {
    const source = await open();
    await createPythonTables(source);
    for (const table of ['sessions', 'events']) await source.run(`DROP TABLE ${table}`);
    await source.run(
      'CREATE TABLE sessions (app_name TEXT, user_id TEXT, id TEXT, state TEXT, create_time TEXT, update_time TEXT)',
    );
    await source.run(
      'CREATE TABLE events (id TEXT, app_name TEXT, user_id TEXT, session_id TEXT, invocation_id TEXT, timestamp TEXT, event_data TEXT)',
    );
    const sessions = [
      ['ada', 'one'],
      [null, 'one'],
      ['ada', null],
    ];
    for (const [userId, id] of sessions) {
      await source.run('INSERT INTO sessions VALUES (?, ?, ?, ?, NULL, NULL)', [
        'app',
        userId,
        id,
        '{}',
      ]);
    }
    const events = [
      ['good', 'ada', 'one'],
      [null, 'ada', 'one'],
      ['lost', null, 'one'],
    ];
    for (const [id, userId, sessionId] of events) {
      const values = [id, 'app', userId, sessionId, data];
      await source.run('INSERT INTO events VALUES (?, ?, ?, ?, NULL, NULL, ?)', values);
    }
    const { report } = await importWith(source, { onRefused: 'skip', pageSize: 1 });
    expect(report).toMatchObject({ sessions: 1, events: 1, users: 1, skipped: 4 });
    expect(report.rows.map(({ table, path }) => [table, path])).toEqual([
      ['sessions', 'user_id'],
      ['sessions', 'id'],
      ['events', 'id'],
      ['events', undefined],
    ]);
  });
});
