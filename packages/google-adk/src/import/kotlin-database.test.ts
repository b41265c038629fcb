import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, it } from 'vitest';
import { importAdkDatabase } from './import-adk-database.ts';
import { describeSources, type Source } from './sources.fixture.ts';

const TIME = 1_767_322_245_250;

/** The tables that Room makes for the entities of adk-kotlin. */
const TABLES = [
  'CREATE TABLE StorageSession (appName TEXT NOT NULL, userId TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, createTime INTEGER NOT NULL, updateTime INTEGER NOT NULL, PRIMARY KEY(appName, userId, id))',
  'CREATE TABLE StorageEvent (id TEXT NOT NULL, appName TEXT NOT NULL, userId TEXT NOT NULL, sessionId TEXT NOT NULL, invocationId TEXT, timestamp INTEGER NOT NULL, eventData TEXT NOT NULL, PRIMARY KEY(id, appName, userId, sessionId))',
  'CREATE TABLE StorageAppState (appName TEXT NOT NULL, state TEXT NOT NULL, updateTime INTEGER NOT NULL, PRIMARY KEY(appName))',
  'CREATE TABLE StorageUserState (appName TEXT NOT NULL, userId TEXT NOT NULL, state TEXT NOT NULL, updateTime INTEGER NOT NULL, PRIMARY KEY(appName, userId))',
];

async function fill(source: Source, { state, events }: { state: object; events: object[] }) {
  for (const table of TABLES) await source.run(table);
  const values = ['app', 'ada', 'one', JSON.stringify(state), TIME, TIME];
  await source.run('INSERT INTO StorageSession VALUES (?, ?, ?, ?, ?, ?)', values);
  await source.run('INSERT INTO StorageAppState VALUES (?, ?, ?)', ['app', '{"a":1}', TIME]);
  await source.run('INSERT INTO StorageUserState VALUES (?, ?, ?, ?)', ['app', 'ada', '{}', TIME]);
  for (const [i, event] of events.entries()) {
    const row = [`e${i}`, 'app', 'ada', 'one', null, TIME + i, JSON.stringify(event)];
    await source.run('INSERT INTO StorageEvent VALUES (?, ?, ?, ?, ?, ?, ?)', row);
  }
}

describeSources(['sqlite'], (open) => {
  it('a database of adk-kotlin is imported', async () => {
    const source = await open();
    await fill(source, {
      state: { my_key: { a_b: 1 }, again: 2, 'user:stray': 1 },
      events: [
        {
          author: 'user',
          content: { role: 'user', parts: [{ text: 'hi' }] },
          actions: { stateDelta: { gone: 1, my_key: { a_b: 1 }, again: 1 } },
          // No timestamp: it is left out if it is that of the moment of writing.
        },
        {
          author: 'agent',
          timestamp: TIME + 1,
          content: {
            role: 'model',
            parts: [
              { functionCall: { name: 'f', args: { a_b: 1 } }, thoughtSignature: [-5, -1, 0] },
              { inlineData: { mimeType: 'image/png', data: [104, 105] } },
            ],
          },
          actions: {
            stateDelta: {
              gone: { __ADK_SENTINEL_REMOVED__: true },
              again: { __ADK_SENTINEL_REMOVED__: true },
            },
          },
        },
      ],
    });
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    expect(report).toMatchObject({ sessions: 1, events: 2, users: 1, corrected: 1, bytes: 2 });
    expect(report.rows).toMatchObject([{ path: 'state["user:stray"]', outcome: 'skipped' }]);
    const session = await service.get({ appName: 'app', userId: 'ada', sessionId: 'one' });
    expect(session?.state.toJSON()).toEqual({ my_key: { a_b: 1 }, again: 2, 'app:a': 1 });
    expect(session?.events).toMatchObject([
      { id: 'e0', timestamp: TIME, actions: { stateDelta: { gone: 1 } } },
      {
        id: 'e1',
        timestamp: TIME + 1,
        content: {
          parts: [
            { functionCall: { args: { a_b: 1 } }, thoughtSignature: '+/8A' },
            { inlineData: { data: 'aGk=' } },
          ],
        },
        actions: { stateDelta: {}, removedStateKeys: ['gone', 'again'] },
      },
      { id: 'holdfast-adk-import', actions: { stateDelta: { again: 2 } } },
    ]);
  });

  it('events of adk-kotlin whose session was deleted are named', async () => {
    const source = await open();
    await fill(source, { state: {}, events: [{ author: 'user' }] });
    await source.run("UPDATE StorageEvent SET sessionId = 'deleted'");
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    expect(report.rows).toMatchObject([
      { table: 'events', key: { id: 'e0', session_id: 'deleted' }, outcome: 'skipped' },
    ]);
  });
});
