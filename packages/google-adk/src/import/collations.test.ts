import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, it } from 'vitest';
import { importAdkDatabase } from './import-adk-database.ts';
import { createPythonTables } from './python-tables.fixture.ts';
import { describeSources } from './sources.fixture.ts';

describeSources(['mysql'], (open) => {
  it('users whom the database takes for one have the state that they shared', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.user('Ada', '{"name": "Ada"}');
    await tables.user('bob', '{"name": "Bob"}');
    for (const [i, userId] of ['Ada', 'ada', 'ADA', 'Adá', 'bob'].entries()) {
      await tables.session(userId, `session-${i}`);
    }
    for (const pageSize of [1, 2, 200]) {
      const service = new InMemorySessionService();
      const request = { database: source.database, service, appName: 'app', pageSize };
      const report = await importAdkDatabase(request);
      for (const userId of ['Ada', 'ada', 'ADA', 'Adá']) {
        const whose = { scope: 'user', appName: 'app', userId } as const;
        expect(await service.getState(whose)).toEqual({ name: 'Ada' });
        const { sessions } = await service.list({ appName: 'app', userId });
        expect(sessions.length).toBe(1);
      }
      expect(report).toMatchObject({ users: 5, sessions: 5, changed: 3 });
      const key = { app_name: 'app', user_id: 'Ada' };
      expect(report.rows).toMatchObject(
        ['ADA', 'Adá', 'ada'].map((userId) => ({
          table: 'user_states',
          key,
          path: 'user_id',
          reason: expect.stringContaining(`"${userId}"`),
          outcome: 'changed',
        })),
      );
    }
  });

  it('sessions of an app that the database takes for the one are imported, and named', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.app('{"a": 1}', 'APP');
    await tables.session('ada', 'one');
    await tables.session('ada', 'two', { appName: 'APP' });
    await tables.session('ada', 'three', { appName: 'other' });
    await tables.event({
      id: 'e',
      appName: 'App',
      userId: 'ADA',
      sessionId: 'Two',
      data: '{"author": "user", "timestamp": 1767322245.25}',
    });
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    expect(report).toMatchObject({ sessions: 2, events: 1, changed: 3, skipped: 0 });
    expect(report.rows).toMatchObject([
      { table: 'sessions', key: { app_name: 'APP', id: 'two' }, path: 'app_name' },
      { table: 'events', key: { app_name: 'App', user_id: 'ADA', session_id: 'Two' } },
      { table: 'app_states', key: { app_name: 'APP' }, path: 'app_name' },
    ]);
    const session = await service.get({ appName: 'app', userId: 'ada', sessionId: 'two' });
    expect(session?.events.map(({ id }) => id)).toEqual(['e']);
    expect(session?.state.toJSON()).toEqual({ 'app:a': 1 });
  });

  it('a user with a blank at the end shares the state, but not the name', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.user('ada', '{"a": 1}');
    await tables.session('ada ', 'one');
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({
      database: source.database,
      service,
      appName: 'app',
      onRefused: (row) => (row.path === 'user_id' ? { userId: 'ada-2' } : 'stop'),
    });
    expect(report).toMatchObject({ users: 2, sessions: 1 });
    for (const userId of ['ada', 'ada-2']) {
      const whose = { scope: 'user', appName: 'app', userId } as const;
      expect(await service.getState(whose)).toEqual({ a: 1 });
    }
  });

  it('a user with a blank at the end may become the one without', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.user('ada', '{"a": 1}');
    await tables.user('eve ', '{"e": 1}');
    for (const userId of ['ada ', 'eve ']) await tables.session(userId, 'one');
    await tables.session('ada', 'two');
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({
      database: source.database,
      service,
      appName: 'app',
      onRefused(row) {
        if (row.table !== 'sessions' && row.table !== 'user_states') return 'stop';
        return { userId: row.userId.trim() };
      },
    });
    expect(report.sessions).toBe(3);
    const users = { ada: ['two', 'one'], eve: ['one'] };
    for (const [userId, ids] of Object.entries(users)) {
      const { sessions } = await service.list({ appName: 'app', userId });
      expect(sessions.map(({ sessionId }) => sessionId).sort()).toEqual([...ids].sort());
    }
    const stateOf = (userId: string) => service.getState({ scope: 'user', appName: 'app', userId });
    expect(await stateOf('ada')).toEqual({ a: 1 });
    expect(await stateOf('eve')).toEqual({ e: 1 });
  });
});

describeSources(['sqlite', 'postgres'], (open) => {
  it('users whom the database tells apart have each their own state', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.user('Ada', '{"name": "Ada"}');
    for (const userId of ['Ada', 'ada']) await tables.session(userId, 'one');
    await tables.session('ada', 'two', { appName: 'APP' });
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    const whose = { scope: 'user', appName: 'app', userId: 'ada' } as const;
    expect(await service.getState(whose)).toEqual({});
    expect(report).toMatchObject({ users: 2, sessions: 2, rows: [] });
  });
});
