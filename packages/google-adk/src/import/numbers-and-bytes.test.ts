import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { type AdkImportRequest, importAdkDatabase } from './import-adk-database.ts';
import { createPythonTables } from './python-tables.fixture.ts';
import { describeSources, type Source } from './sources.fixture.ts';

const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
const base = '"author": "agent", "timestamp": 1767322245.25';
const BIG = '2512292042121000001';

async function importFrom(source: Source, options: Partial<AdkImportRequest> = {}) {
  const service = new InMemorySessionService();
  const request = { database: source.database, service, appName: 'app', ...options };
  return { service, report: await importAdkDatabase(request) };
}

describeSources(['sqlite', 'postgres', 'mysql'], (open) => {
  async function openBig() {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.app(`{"big": ${BIG}}`);
    await tables.user('ada', `{"big": [${BIG}, -${BIG}]}`);
    await tables.session('ada', 'one', { state: `{"big": {"id": ${BIG}}, "n": 9007199254740991}` });
    await tables.event({
      id: 'e',
      data: `{${base}, "content": {"parts": [{"function_call": {"name": "f", "args": {"id": ${BIG}, "text": "${BIG} NaN", "n": 9007199254740992}}}]}, "actions": {"state_delta": {"big": {"id": ${BIG}}}}}`,
    });
    return source;
  }

  it('integers beyond 2^53 keep their digits as text, and are counted', async () => {
    const { service, report } = await importFrom(await openBig());
    const session = await service.get(key);
    expect(session?.state.toJSON()).toEqual({
      big: { id: BIG },
      n: 9_007_199_254_740_991,
      'user:big': [BIG, `-${BIG}`],
      'app:big': BIG,
    });
    expect(session?.events[0]?.content?.parts?.[0]?.functionCall?.args).toEqual({
      id: BIG,
      text: `${BIG} NaN`,
      n: '9007199254740992',
    });
    expect(report).toMatchObject({ bigIntegers: 7, changed: 4, corrected: 0 });
    expect(report.rows.map(({ table, reason, outcome }) => [table, reason, outcome])).toEqual([
      ['sessions', 'has an integer beyond 2^53, which became text', 'changed'],
      ['events', 'has 3 integers beyond 2^53, which became text', 'changed'],
      ['user_states', 'has 2 integers beyond 2^53, which became text', 'changed'],
      ['app_states', 'has an integer beyond 2^53, which became text', 'changed'],
    ]);
  });

  it('integers beyond 2^53 are refused by name if that is asked for', async () => {
    const source = await openBig();
    const { report } = await importFrom(source, { bigIntegers: 'refuse', dryRun: true });
    expect(report.bigIntegers).toBe(0);
    expect(new Set(report.rows.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    const paths = report.rows.map(({ table, path }) => `${table} ${path}`);
    expect(paths).toContain('sessions state["big"].id');
    expect(paths).toContain('user_states state["big"][0]');
    expect(paths).toContain('app_states state["big"]');
    // jsonb has an order of its own.
    expect(paths.filter((path) => path.startsWith('events content.parts[0]'))).toHaveLength(1);
    const { service } = await importFrom(source, {
      bigIntegers: 'refuse',
      onRefused: (row) => {
        if (row.table !== 'app_states') return 'skip';
        return { state: { big: (row.state?.['big'] as bigint) / 1000n === 0n ? 0 : 'large' } };
      },
    });
    expect(await service.getState({ scope: 'app', appName: 'app' })).toEqual({ big: 'large' });
  });

  it('the column tells whether a time is in seconds or in milliseconds', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.session('ada', 'one');
    const rows = [
      ['s', 253_402_214_400, '9999-12-31 00:00:00'],
      ['ms', 253_402_214_400, '1978-01-11 21:50:14.4'],
      ['early', 86_400_000, '1970-01-02 00:00:00'],
    ] as const;
    for (const [id, timestamp, time] of rows) {
      await tables.event({ id, data: JSON.stringify({ timestamp }) });
      await source.run('UPDATE events SET timestamp = ? WHERE id = ?', [time, id]);
    }
    const { service } = await importFrom(source);
    const { events = [] } = (await service.get(key)) ?? {};
    expect(events.map(({ id, timestamp }) => [id, timestamp])).toEqual([
      ['early', 86_400_000],
      ['ms', 253_402_214_400],
      ['s', 253_402_214_400_000],
    ]);
  });

  it('other numbers are those that ADK reads', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    const numbers = '[0.1, 1e21, 1.5e-7, -0.0, 0.1234567890123456789, 1.0]';
    await tables.session('ada', 'one', { state: `{"n": ${numbers}}` });
    const { service, report } = await importFrom(source);
    const n = (await service.get(key))?.state.get('n') as readonly unknown[];
    // jsonb has 1e21 as an integer, and nobody can tell what it was.
    const large = source.dialect === 'postgres' ? `1${'0'.repeat(21)}` : 1e21;
    expect(n).toEqual([0.1, large, 1.5e-7, 0, 0.123_456_789_012_345_68, 1]);
    expect(report.bigIntegers).toBe(source.dialect === 'postgres' ? 1 : 0);
  });

  it('bytes become what atob takes, wherever the types have them', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    await tables.session('ada', 'one', { state: '{"data": "-_8="}' });
    const part =
      '{"inline_data": {"mime_type": "a/b", "data": "-_8="}, "thought_signature": "_-8"}';
    await tables.event({
      id: 'e',
      data: `{${base}, "content": {"parts": [${part}, {"text": "-_8="}, {"function_response": {"name": "f", "response": {"inline_data": {"data": "-_8="}}, "parts": [{"inline_data": {"data": "-_8"}}]}}, {"inline_data": {"data": "+/8="}}, {"inline_data": {"data": "not base64!"}}]}, "grounding_metadata": {"search_entry_point": {"sdk_blob": "-_8="}}, "actions": {"compaction": {"compacted_content": {"parts": [${part}]}}, "state_delta": {"data": "-_8="}}}`,
    });
    const { service, report } = await importFrom(source);
    const session = await service.get(key);
    const standard = {
      inlineData: { mimeType: 'a/b', data: '+/8=' },
      thoughtSignature: '/+8=',
    };
    expect(session?.events[0]).toMatchObject({
      content: {
        parts: [
          standard,
          { text: '-_8=' },
          {
            functionResponse: {
              response: { inline_data: { data: '-_8=' } },
              parts: [{ inlineData: { data: '+/8=' } }],
            },
          },
          { inlineData: { data: '+/8=' } },
          { inlineData: { data: 'not base64!' } },
        ],
      },
      groundingMetadata: { searchEntryPoint: { sdkBlob: '+/8=' } },
      actions: {
        compaction: { compactedContent: { parts: [standard] } },
        stateDelta: { data: '-_8=' },
      },
    });
    expect(atob(standard.thoughtSignature)).toHaveLength(2);
    expect(session?.state.get('data')).toBe('-_8=');
    expect(report).toMatchObject({ bytes: 6, changed: 0, rows: [] });
  });
});

describeSources(['sqlite'], (open) => {
  describe('keys of a user’s own stay as they are', () => {
    const args = '{"name": "f", "args": {"a_b": 1}}';
    const at = (timestamp: number, parts: string) =>
      `{"author": "agent", "timestamp": ${timestamp}, "content": {"parts": [${parts}]}}`;

    it.each([
      [
        'in a tool call of the server, by Python',
        at(1_767_322_245.25, '{"tool_call": {"args": {"a_b": 1}}, "part_metadata": {"c_d": 1}}'),
        { toolCall: { args: { a_b: 1 } }, partMetadata: { c_d: 1 } },
      ],
      [
        // ADK for JavaScript has written `aB` as `a_b` there.
        'but in a tool call of the server by JavaScript, which has changed them',
        at(1_767_322_245_250, '{"tool_call": {"args": {"a_b": 1}}}'),
        { toolCall: { args: { aB: 1 } } },
      ],
      [
        'in an event that is written aB already',
        at(1_767_322_245.25, `{"functionCall": ${args}}`),
        { functionCall: { args: { a_b: 1 } } },
      ],
    ])('%s', async (_, data, part) => {
      const source = await open();
      const tables = await createPythonTables(source);
      await tables.session('ada', 'one');
      await tables.event({ id: 'e', data });
      const { service } = await importFrom(source);
      expect((await service.get(key))?.events[0]?.content?.parts).toMatchObject([part]);
    });
  });

  it('a state of more than 8 MiB comes whole, if no value of it is as large', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    const value = 'x'.repeat(700_000);
    const names = Array.from({ length: 13 }, (_, i) => `key${i}`);
    const state = JSON.stringify(Object.fromEntries(names.map((name) => [name, value])));
    await tables.user('ada', state);
    await tables.session('ada', 'one', { state });
    const { service, report } = await importFrom(source);
    const session = await service.get({ ...key, numRecentEvents: 0 });
    expect(session?.state.size).toBe(26);
    expect(report).toMatchObject({ corrected: 1, events: 0, rows: [] });
  });

  it('a service that takes less has its own refusals, which are found before anything is written', async () => {
    const source = await open();
    const tables = await createPythonTables(source);
    const value = 'x'.repeat(3_000);
    await tables.app(JSON.stringify({ a: value, b: value, c: 'x'.repeat(5_000) }));
    await tables.session('ada', 'one');
    await tables.event({ id: 'small', data: `{${base}}` });
    await tables.event({ id: 'large', data: `{${base}, "output": "${'x'.repeat(5_000)}"}` });
    const service = new InMemorySessionService({ maxEventBytes: 4_096 });
    const request = { database: source.database, service, appName: 'app' };
    await expect(importAdkDatabase(request)).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringMatching(/^2 rows .* this run has written nothing.*"large"/),
    });
    expect(await service.get(key)).toBeUndefined();
    const { rows } = await importAdkDatabase({ ...request, onRefused: 'skip' });
    expect(rows).toMatchObject([
      { table: 'events', key: { id: 'large' }, outcome: 'skipped' },
      { table: 'app_states', path: 'state["c"]', outcome: 'skipped' },
    ]);
    expect(await service.getState({ scope: 'app', appName: 'app' })).toEqual({
      a: value,
      b: value,
    });
  });
});

describeSources(['sqlite'], (open) => {
  it.each([
    ['whole numbers are of ADK for JavaScript, in milliseconds', 'DATETIME', 5_000, 5_000],
    ['REAL is of a SqliteSessionService, in seconds', 'REAL', 253_402_214_400, 253_402_214_400_000],
  ])('times in columns with %s', async (_, type, stored, time) => {
    const source = await open();
    const tables = await createPythonTables(source);
    await source.run('DROP TABLE events');
    await source.run(
      `CREATE TABLE events (id TEXT, app_name TEXT, user_id TEXT, session_id TEXT, invocation_id TEXT, timestamp ${type}, event_data TEXT)`,
    );
    await tables.session('ada', 'one');
    await tables.event({ id: 'e', data: JSON.stringify({ timestamp: stored }) });
    await source.run('UPDATE events SET timestamp = ?', [stored]);
    const { service } = await importFrom(source);
    expect((await service.get(key))?.events[0]?.timestamp).toBe(time);
  });
});
