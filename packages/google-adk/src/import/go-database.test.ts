import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, it } from 'vitest';
import { HoldfastSessionService } from '../holdfast-session-service.ts';
import { createGoTables } from './go-tables.fixture.ts';
import { importAdkDatabase } from './import-adk-database.ts';
import { describeSources } from './sources.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 'one' };

describeSources(['sqlite', 'postgres', 'mysql'], (open) => {
  it('actions of adk-go before 2.2, which have the names of a Go struct, are read as the later ones', async () => {
    const source = await open();
    const tables = await createGoTables(source, 1);
    await tables.session('ada', 'one', '{"step": 2}');
    await tables.event({
      id: 'a',
      timestamp: '2026-01-02 03:04:05.25',
      actions:
        '{"StateDelta":{"step":1,"StateDelta":{"Escalate":1}},"ArtifactDelta":{"f":1},"RequestedToolConfirmations":{"adk-1":{"hint":"h","confirmed":false,"payload":null}},"SkipSummarization":true,"TransferToAgent":"other","Escalate":true}',
    });
    await tables.event({
      id: 'b',
      timestamp: '2026-01-02 03:04:06.25',
      actions:
        '{"StateDelta":{"step":2},"ArtifactDelta":null,"RequestedToolConfirmations":null,"SkipSummarization":false,"TransferToAgent":"","Escalate":false}',
    });
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    expect(report).toMatchObject({ sessions: 1, events: 2, corrected: 1 });
    const { events = [] } = (await service.get(key)) ?? {};
    expect(events.slice(0, 2).map(({ actions }) => actions)).toEqual([
      {
        stateDelta: { step: 1, StateDelta: { Escalate: 1 } },
        artifactDelta: { f: 1 },
        requestedToolConfirmations: { 'adk-1': { hint: 'h', confirmed: false, payload: null } },
        skipSummarization: true,
        transferToAgent: 'other',
        escalate: true,
      },
      { stateDelta: { step: 2 } },
    ]);
  });

  it('a database of adk-go gives events as ADK for JavaScript has them', async () => {
    const source = await open();
    const tables = await createGoTables(source);
    await tables.app('{"currency": "EUR"}');
    await tables.user('ada', '{"name": "Ada"}');
    await tables.session('ada', 'one', '{"step": 2, "my_key": {"a_b": 1}}');
    await tables.session('bob', 'two');
    await tables.event({
      id: 'z',
      timestamp: '2026-01-02 03:04:05.250001',
      author: 'user',
      actions: '{"stateDelta":{"step":1},"artifactDelta":{}}',
      content: '{"parts":[{"text":"Hello"}],"role":"user"}',
    });
    await tables.event({
      id: 'a',
      timestamp: '2026-01-02 03:04:05.250002',
      actions:
        '{"stateDelta":{"step":2,"my_key":{"a_b":1},"user:name":"Ada"},"artifactDelta":{"f":1},"requestedToolConfirmations":{"adk-1":{"hint":"h","confirmed":false,"payload":{"a_b":1}}},"transferToAgent":"other"}',
      long_running_tool_ids_json: '["adk-1"]',
      routes_json: '["next"]',
      output_json: '{"a_b":[1,2]}',
      node_info_json: '{"path":"wf"}',
      requested_input_json: '{"interruptId":"i","payload":{"a_b":1}}',
      branch: 'root.agent',
      isolation_scope: 'scope',
      content:
        '{"parts":[{"functionCall":{"id":"adk-1","name":"f","args":{"a_b":1}},"thoughtSignature":"+/8="}],"role":"model"}',
      usage_metadata: '{"totalTokenCount":3}',
      custom_metadata: '{"a_b":1}',
      error_code: '429',
      error_message: 'later',
      turn_complete: true,
    });
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app' };
    const report = await importAdkDatabase(request);
    expect(report).toMatchObject({ sessions: 2, events: 2, users: 2, corrected: 0, rows: [] });

    const session = await new HoldfastSessionService(service).getSession(key);
    expect(session?.state).toEqual({
      step: 2,
      my_key: { a_b: 1 },
      'user:name': 'Ada',
      'app:currency': 'EUR',
    });
    expect(JSON.parse(JSON.stringify(session?.events))).toEqual([
      {
        id: 'z',
        invocationId: 'e-1',
        author: 'user',
        timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 250),
        content: { role: 'user', parts: [{ text: 'Hello' }] },
        actions: { stateDelta: { step: 1 }, artifactDelta: {} },
      },
      {
        id: 'a',
        invocationId: 'e-1',
        author: 'agent',
        timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 250),
        branch: 'root.agent',
        isolationScope: 'scope',
        content: {
          role: 'model',
          parts: [
            {
              functionCall: { id: 'adk-1', name: 'f', args: { a_b: 1 } },
              thoughtSignature: '+/8=',
            },
          ],
        },
        actions: {
          stateDelta: { step: 2, my_key: { a_b: 1 }, 'user:name': 'Ada' },
          artifactDelta: { f: 1 },
          requestedToolConfirmations: {
            'adk-1': { hint: 'h', confirmed: false, payload: { a_b: 1 } },
          },
          transferToAgent: 'other',
        },
        longRunningToolIds: ['adk-1'],
        route: ['next'],
        output: { a_b: [1, 2] },
        nodeInfo: { path: 'wf' },
        requestedInput: { interruptId: 'i', payload: { a_b: 1 } },
        usageMetadata: { totalTokenCount: 3 },
        customMetadata: { a_b: 1 },
        errorCode: '429',
        errorMessage: 'later',
        turnComplete: true,
      },
    ]);
  });

  it('a database of adk-go 1 is known by what its rows hold', async () => {
    const source = await open();
    const tables = await createGoTables(source, 1);
    await tables.session('ada', 'one');
    await tables.event({ id: 'a', timestamp: '2026-01-02 03:04:05.25' });
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    expect(report).toMatchObject({ sessions: 1, events: 1 });
  });

  it('a database of adk-go 1 without events is known by its columns', async () => {
    const source = await open();
    const tables = await createGoTables(source, 1);
    await tables.session('ada', 'one');
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database: source.database, service, appName: 'app' });
    expect(report).toMatchObject({ sessions: 1, events: 0 });
  });

  it('events pickled by Python are not taken for those of adk-go', async () => {
    const source = await open();
    const tables = await createGoTables(source, 1);
    await tables.session('ada', 'one');
    await tables.event({ id: 'a', timestamp: '2026-01-02 03:04:05.25', actions: '\u0080\u0004}.' });
    const service = new InMemorySessionService();
    const run = importAdkDatabase({ database: source.database, service, appName: 'app' });
    await expect(run).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('adk migrate session'),
    });
  });

  it('times of adk-go are what the column says, from 1970 to 9999', async () => {
    const source = await open();
    const tables = await createGoTables(source);
    await tables.session('ada', 'one');
    const days = ['1970-01-02', '1972-06-01', '1973-06-01', '2026-01-02', '9999-12-31'];
    for (const id of days) await tables.event({ id, timestamp: `${id} 00:00:00` });
    const service = new InMemorySessionService();
    await importAdkDatabase({ database: source.database, service, appName: 'app' });
    const { events = [] } = (await service.get(key)) ?? {};
    expect(events.map(({ timestamp }) => new Date(timestamp).toISOString())).toEqual(
      days.map((day) => `${day}T00:00:00.000Z`),
    );
  });

  it('refused rows of adk-go are named by column', async () => {
    const source = await open();
    const tables = await createGoTables(source);
    await tables.session('ada', 'one', '{"k ": 1}');
    await tables.event({ id: 'a', timestamp: '2026-01-02 03:04:05', actions: '{' });
    await tables.event({ id: 'b', timestamp: '1901-01-02 03:04:05' });
    await tables.event({ id: 'c', timestamp: '2026-01-02 03:04:05' });
    await source.run("UPDATE events SET timestamp = NULL WHERE id = 'c'");
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app' };
    const report = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(report.rows).toMatchObject([
      { table: 'sessions', path: 'state["k "]' },
      { table: 'events', key: { id: 'a' }, path: 'actions', reason: 'is not JSON' },
      { table: 'events', key: { id: 'b' }, path: 'timestamp' },
      { table: 'events', key: { id: 'c' }, path: 'timestamp', reason: 'is absent' },
    ]);
    expect(report).toMatchObject({ sessions: 1, events: 0 });
  });
});

describeSources(['sqlite'], (open) => {
  it('what is not a time in a column of adk-go is refused by name', async () => {
    const source = await open();
    const tables = await createGoTables(source);
    await tables.session('ada', 'one');
    await tables.event({ id: 'good', timestamp: '2026-01-02 03:04:05' });
    const wrong = ['2026-02-30 00:00:00+00:00', '1767323045', '2026-01-02 03:04:05 PM'];
    for (const [i, time] of wrong.entries()) {
      await tables.event({ id: `bad-${i}`, timestamp: '2026-01-02 03:04:05' });
      await source.run('UPDATE events SET timestamp = ? WHERE id = ?', [time, `bad-${i}`]);
    }
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app' };
    const report = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(report).toMatchObject({ events: 1, skipped: 3 });
    expect(report.rows).toMatchObject(
      wrong.map((_, i) => ({ key: { id: `bad-${i}` }, path: 'timestamp', outcome: 'skipped' })),
    );
  });
});

describeSources(['postgres'], (open) => {
  it('an endless time in a column of adk-go is refused by name', async () => {
    const source = await open();
    const tables = await createGoTables(source);
    await tables.session('ada', 'one');
    await tables.event({ id: 'a', timestamp: '2026-01-02 03:04:05' });
    await source.run("UPDATE events SET timestamp = 'infinity'");
    const service = new InMemorySessionService();
    const request = { database: source.database, service, appName: 'app' };
    const { rows } = await importAdkDatabase({ ...request, dryRun: true });
    expect(rows).toMatchObject([{ path: 'timestamp', reason: 'is not a time: "Infinity"' }]);
  });
});
