import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { HoldfastSessionService } from '../holdfast-session-service.ts';
import { text } from '../scripted-model.fixture.ts';
import { lastText, openShop, takeTurn } from '../shop.fixture.ts';
import { tempFolder } from '../stores.fixture.ts';
import { createPythonDatabase, type SourceSession } from './adk-tables.fixture.ts';
import { importAdkDatabase } from './import-adk-database.ts';

const folder = tempFolder();
const key = { appName: 'app', userId: 'ada', sessionId: 'one' };
const updateTime = '2026-01-02 03:04:05.000006';

let files = 0;
function create(options: Partial<Parameters<typeof createPythonDatabase>[0]> = {}) {
  return createPythonDatabase({ folder, name: `python-${files++}`, ...options });
}

function event(id: string, more: object = {}) {
  return { id, invocation_id: 'e-1', author: 'user', timestamp: 1_767_322_245.25, ...more };
}

async function importSession(session: Partial<SourceSession>, options: object = {}) {
  const sessions = [{ userId: 'ada', id: 'one', state: {}, updateTime, ...session }];
  const database = create({ sessions, ...options });
  const service = new InMemorySessionService();
  const report = await importAdkDatabase({ database, service, appName: 'app' });
  const read = await new HoldfastSessionService(service).getSession(key);
  return { report, service, session: read };
}

describe('a database of adk-python', () => {
  it('gives events as ADK has them, in milliseconds', async () => {
    const { session } = await importSession({
      events: [
        event('a', {
          content: {
            role: 'user',
            parts: [
              { function_call: { id: 'adk-1', name: 'f', args: { snake_key: 1 } } },
              { function_response: { name: 'f', response: { a_b: { c_d: 1 } } } },
              { thought: true, thought_signature: 'c2ln', text: 't' },
            ],
          },
          actions: {
            state_delta: { snake_key: 1, 'user:last_item': 'x' },
            artifact_delta: { a_b: 1 },
            requested_auth_configs: {},
            requested_tool_confirmations: { 'adk-1': { hint: 'h', confirmed: false } },
            transfer_to_agent: 'other_agent',
          },
          long_running_tool_ids: ['adk-1'],
          usage_metadata: { prompt_token_count: 3 },
          custom_metadata: { my_key: 1 },
          node_info: { path: 'wf', output_for: ['wf'] },
          error_code: null,
          partial: null,
        }),
      ],
      state: { snake_key: 1 },
    });
    expect(JSON.parse(JSON.stringify(session?.events))).toEqual([
      {
        id: 'a',
        invocationId: 'e-1',
        author: 'user',
        timestamp: 1_767_322_245_250,
        content: {
          role: 'user',
          parts: [
            { functionCall: { id: 'adk-1', name: 'f', args: { snake_key: 1 } } },
            { functionResponse: { name: 'f', response: { a_b: { c_d: 1 } } } },
            { thought: true, thoughtSignature: 'c2ln', text: 't' },
          ],
        },
        actions: {
          stateDelta: { snake_key: 1, 'user:last_item': 'x' },
          artifactDelta: { a_b: 1 },
          requestedAuthConfigs: {},
          requestedToolConfirmations: { 'adk-1': { hint: 'h', confirmed: false } },
          transferToAgent: 'other_agent',
        },
        longRunningToolIds: ['adk-1'],
        usageMetadata: { promptTokenCount: 3 },
        customMetadata: { my_key: 1 },
        nodeInfo: { path: 'wf', outputFor: ['wf'] },
        errorCode: null,
      },
    ]);
  });

  it('gives the times of a summary in milliseconds, too', async () => {
    const compacted_content = { role: 'model', parts: [{ text: 'short' }] };
    const times = { start_timestamp: 1_767_322_240.1, end_timestamp: 1_767_322_244.5 };
    const { session } = await importSession({
      events: [event('a', { actions: { compaction: { ...times, compacted_content } } })],
    });
    expect(session?.events[0]?.actions).toMatchObject({
      compaction: {
        startTimestamp: 1_767_322_240_100,
        endTimestamp: 1_767_322_244_500,
        compactedContent: { parts: [{ text: 'short' }] },
      },
    });
  });

  it('gives the order of the microseconds, and of insertion where those are the same', async () => {
    const at = (id: string, timestamp: number) => event(id, { timestamp });
    const { session } = await importSession({
      events: [
        at('d', 1_767_322_245.2504),
        at('z', 1_767_322_245.2501),
        at('a', 1_767_322_245.2501),
        at('c', 1_767_322_245.2502),
        at('b', 1_767_322_245.2501),
      ],
    });
    expect(session?.events.map(({ id }) => id)).toEqual(['z', 'a', 'b', 'c', 'd']);
  });

  it('gives the state as it is there, not as the events have left it', async () => {
    const { service, session } = await importSession(
      {
        events: [event('a', { actions: { state_delta: { n: 1, 'app:n': 1, 'user:n': 1 } } })],
        state: { n: 1, initial: { a_b: 1 } },
      },
      {
        appState: { other: true },
        userStates: { ada: { m: 2 }, bob: { only: 'state' }, eve: {} },
      },
    );
    expect(session?.state).toEqual({
      n: 1,
      initial: { a_b: 1 },
      'app:other': true,
      'user:m': 2,
    });
    const bob = { scope: 'user', appName: 'app', userId: 'bob' } as const;
    expect(await service.getState(bob)).toEqual({ only: 'state' });
  });

  it('sets right a state that the events do not explain, with one event more', async () => {
    const delta = (state_delta: object) => ({ actions: { state_delta } });
    const { report, session } = await importSession({
      events: [event('a', delta({ kept: 1, changed: 1, gone: 1 })), event('b')],
      state: { kept: 1, changed: { by: 'hand' } },
    });
    expect(session?.state).toEqual({ kept: 1, changed: { by: 'hand' } });
    expect(session?.events.map(({ id }) => id)).toEqual(['a', 'b', 'holdfast-adk-import']);
    expect(report).toMatchObject({ events: 2, corrected: 1, written: { events: 2 } });
  });

  it('leaves out pieces of streams, and prefixed keys in the state of a session', async () => {
    const { report, session } = await importSession({
      events: [event('a', { partial: true }), event('b')],
      state: { 'app:stray': 1, 'temp:stray': 1, own: 1 },
    });
    expect(session?.events.map(({ id }) => id)).toEqual(['b']);
    expect(session?.state).toEqual({ own: 1 });
    expect(report).toMatchObject({ events: 1, partial: 1 });
  });

  it('is one that a runner goes on with', async () => {
    const { service } = await importSession(
      { events: [event('a', { content: { role: 'user', parts: [{ text: 'hi' }] } })] },
      { userStates: { ada: { name: 'Ada' } } },
    );
    const { runner } = openShop(new HoldfastSessionService(service), 'app');
    const events = await takeTurn({ runner, sessionId: 'one', parts: [text('hello')] });
    expect(lastText(events)).toBe('you said hello');
  });

  it('may name no version, as that of its SqliteSessionService', async () => {
    const database = create({ sessions: [{ userId: 'ada', id: 'one', state: {}, updateTime }] });
    database.database.exec('DROP TABLE adk_internal_metadata');
    const service = new InMemorySessionService();
    const report = await importAdkDatabase({ database, service, appName: 'app' });
    expect(report.sessions).toBe(1);
  });
});

describe('a database that cannot be imported', () => {
  async function refused(database: ReturnType<typeof create>) {
    const service = new InMemorySessionService();
    const run = importAdkDatabase({ database, service, appName: 'app' });
    const error = await run.then(
      () => undefined,
      (reason: Error & { code: string }) => reason,
    );
    return { code: error?.code, message: error?.message };
  }

  it('because its events are pickled says how to migrate it', async () => {
    const database = create({ isPickled: true });
    expect(await refused(database)).toEqual({
      code: 'unsupported',
      message: expect.stringMatching(/schema version 0.*pickled.*adk migrate session/),
    });
  });

  it.each(['0', '2'])('because it is of schema version %s says so', async (version) => {
    const database = create();
    database.database.prepare('UPDATE adk_internal_metadata SET value = ?').run(version);
    expect(await refused(database)).toEqual({
      code: 'unsupported',
      message: expect.stringContaining(`schema version ${version}`),
    });
  });

  it('because it has other tables says so', async () => {
    const database = create();
    database.database.exec('DROP TABLE events');
    expect(await refused(database)).toMatchObject({ code: 'unsupported' });
  });

  it.each<[string, string, RegExp]>([
    [
      'an event is no JSON',
      "UPDATE events SET event_data = '{'",
      /events .*"id":"a".*"session_id":"one".*event_data is not JSON/,
    ],
    [
      'an event is no object',
      "UPDATE events SET event_data = '[]'",
      /events .*"id":"a".*event_data is not a JSON object/,
    ],
    ['an event has no time', "UPDATE events SET event_data = '{}'", /timestamp is absent/],
    [
      'a state is no JSON',
      "UPDATE sessions SET state = 'x'",
      /sessions .*"user_id":"ada","id":"one".*state is not JSON/,
    ],
    [
      'the app state is no JSON',
      "UPDATE app_states SET state = 'x'",
      /app_states .*state is not JSON/,
    ],
  ])('because %s is corrupt, and says where', async (_, sql, message) => {
    const sessions = [{ userId: 'ada', id: 'one', state: {}, updateTime, events: [event('a')] }];
    const database = create({ sessions });
    database.database.exec(sql);
    expect(await refused(database)).toEqual({
      code: 'corrupt',
      message: expect.stringMatching(message),
    });
  });

  it('because an event is too large names its session', async () => {
    const big = event('a', { content: { parts: [{ text: 'x'.repeat(9_000_000) }] } });
    const database = create({
      sessions: [{ userId: 'ada', id: 'one', state: {}, updateTime, events: [big] }],
    });
    const service = new InMemorySessionService();
    await expect(importAdkDatabase({ database, service, appName: 'app' })).rejects.toMatchObject({
      message: expect.stringContaining('"one"'),
    });
  });
});
