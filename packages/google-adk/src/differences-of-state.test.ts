import { createEventActions, LlmAgent, Runner, SequentialAgent, State } from '@google/adk';
import { describe, expect, it, vi } from 'vitest';
import { changing, key, owner, said, useServices, wordsIn } from './differences.fixture.ts';
import { ScriptedModel, text } from './scripted-model.fixture.ts';
import { takeTurn } from './shop.fixture.ts';

/** Each title is a row of the table in docs/semantics.md. */
describe("ADK's own stores and ours: state and events", () => {
  const { onEach } = useServices();

  it('`temp:` keys in the `stateDelta` of a run, or under an `outputKey`', async () => {
    const found = await onEach(async (service) => {
      const { id } = await service.createSession(owner);
      const seen: unknown[] = [];
      const agent = new LlmAgent({
        name: 'agent',
        model: new ScriptedModel(() => [text('said')]),
        outputKey: 'temp:answer',
        beforeAgentCallback: ({ state }) => void seen.push(state.get('temp:asked')),
      });
      const after = new LlmAgent({
        name: 'after',
        model: new ScriptedModel(() => [text('x')]),
        beforeAgentCallback: ({ state }) => void seen.push(state.get('temp:answer')),
      });
      const both = new SequentialAgent({ name: 'both', subAgents: [agent, after] });
      const runner = new Runner({ appName: 'app', agent: both, sessionService: service });
      const stateDelta = { 'temp:asked': 'yes' };
      await takeTurn({ runner, sessionId: id, parts: [text('go')], stateDelta });
      return seen;
    });
    expect(found).toEqual({
      memory: [undefined, undefined],
      database: [undefined, undefined],
      ours: ['yes', 'said'],
    });
  });

  it('`temp:` keys after the next append', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const actions = createEventActions();
      new State(session.state, actions.stateDelta).set('temp:step', 1);
      await service.appendEvent({ session, event: said('a', { actions }) });
      return session.state['temp:step'];
    });
    expect(found).toEqual({ memory: 1, database: undefined, ours: 1 });
  });

  it('a key that is set to `undefined`', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession({ ...key, state: { gone: 1 } });
      await service.appendEvent({ session, event: changing({ gone: undefined }) });
      const stored = await service.getSession(key);
      return { key: 'gone' in (stored?.state ?? {}), event: JSON.stringify(stored?.events[0]) };
    });
    expect(found).toMatchObject({ memory: { key: true }, database: { key: false } });
    expect(found.ours).toMatchObject({ key: false });
    expect((found.ours as { event: string }).event).not.toContain('gone');
  });

  it('a value that is not JSON', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const event = changing({ at: new Date(0), ratio: Number.NaN });
      await service.appendEvent({ session, event });
      const state = (await service.getSession(key))?.state;
      return [state?.['at'], state?.['ratio']];
    });
    expect(found).toEqual({
      memory: [new Date(0), Number.NaN],
      database: ['1970-01-01T00:00:00.000Z', null],
      ours: ['1970-01-01T00:00:00.000Z', null],
    });
  });

  it('a value that has no JSON form, such as a `BigInt`', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {}); // by ADK's database store
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.appendEvent({ session, event: changing({ n: 1n }) });
      return (await service.getSession(key))?.state['n'];
    });
    expect(found).toEqual({
      memory: 1n,
      database: 'Do not know how to serialize a BigInt',
      ours: 'invalid_argument',
    });
    log.mockRestore();
  });

  it('an older write of a key that is stored later', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const [early, late] = ['early', 'late'].map((word) => {
        const event = changing({});
        const state = new State(session.state, event.actions.stateDelta);
        for (const name of ['n', 'user:n']) state.set(name, word);
        return event;
      });
      for (const event of [late, early]) if (event) await service.appendEvent({ session, event });
      const stored = (await service.getSession(key))?.state;
      return [session.state['n'], stored?.['n'], session.state['user:n'], stored?.['user:n']];
    });
    expect(found).toEqual({
      memory: ['late', 'late', 'late', 'early'],
      database: ['early', 'early', 'early', 'early'],
      ours: ['late', 'late', 'late', 'late'],
    });
  });

  it('keys with `_` in fields that ADK does not know', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const event = { ...said('a'), later: { some_key: 1, SomeKey: 2 } };
      await service.appendEvent({ session, event });
      const stored = (await service.getSession(key))?.events[0];
      return (stored as unknown as { readonly later: unknown }).later;
    });
    const kept = { some_key: 1, SomeKey: 2 };
    expect(found).toEqual({ memory: kept, database: { someKey: 1, SomeKey: 2 }, ours: kept });
  });

  it('an event that is changed after it was appended', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const event = said('as it was');
      await service.appendEvent({ session, event });
      Object.assign(event.content?.parts?.[0] ?? {}, { text: 'changed' });
      return wordsIn(service);
    });
    expect(found).toEqual({ memory: 'changed', database: 'as it was', ours: 'as it was' });
  });

  it('a session object that others have overtaken', async () => {
    const found = await onEach(async (service) => {
      const stale = await service.createSession(key);
      const other = await service.getSession(key);
      const timestamp = stale.lastUpdateTime;
      const session = other ?? stale;
      await service.appendEvent({ session, event: changing({ n: 1 }, { timestamp }) });
      await service.appendEvent({ session: stale, event: said('mine', { timestamp }) });
      return [stale.events.length, stale.state['n']];
    });
    expect(found).toEqual({ memory: [1, undefined], database: [1, 1], ours: [1, undefined] });
  });
});
