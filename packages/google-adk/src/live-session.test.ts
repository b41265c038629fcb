import { createEvent, LlmAgent, ParallelAgent, Runner } from '@google/adk';
import { HoldfastError } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { describe, expect, it } from 'vitest';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { changing, openSession as open, owner, writeState } from './live-session.fixture.ts';
import { call, ScriptedModel, text } from './scripted-model.fixture.ts';
import { openShop, takeTurn } from './shop.fixture.ts';
import { describeStores } from './stores.fixture.ts';

describe('the session that a runner holds', () => {
  it('gets the very event that was appended, with its delta', async () => {
    const { service, session } = await open();
    const event = changing({ n: 1, 'temp:t': 2 });
    expect(await service.appendEvent({ session, event })).toBe(event);
    expect(session.events[0]).toBe(event);
    expect(event.actions.stateDelta).toEqual({ n: 1 });
    expect(session.state).toEqual({ n: 1, 'temp:t': 2 });
    expect(session.lastUpdateTime).toBeGreaterThanOrEqual(event.timestamp);
  });

  it('is left as it was if the store refuses, and the append can be tried again', async () => {
    const store = new InMemorySessionService();
    let isDown = true;
    const appendEvent: InMemorySessionService['appendEvent'] = async (request) => {
      if (isDown) throw new HoldfastError('unavailable', { message: 'down' });
      return store.appendEvent(request);
    };
    const service = new HoldfastSessionService(
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'appendEvent') return appendEvent;
          const value = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    );
    const session = await service.createSession(owner);
    const event = changing({ n: 1, 'temp:t': 2 });
    await expect(service.appendEvent({ session, event })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(session).toMatchObject({ state: {}, events: [] });
    expect(event.actions.stateDelta).toEqual({ n: 1, 'temp:t': 2 });
    isDown = false;
    await service.appendEvent({ session, event });
    expect(session).toMatchObject({ state: { n: 1, 'temp:t': 2 }, events: [{ id: event.id }] });
  });

  it('does not see the pieces of a stream', async () => {
    const { service, session, read } = await open();
    const event = createEvent({ partial: true });
    expect(await service.appendEvent({ session, event })).toBe(event);
    expect(session.events).toEqual([]);
    expect((await read()).events).toEqual([]);
  });

  it('keeps the newer of two values that the agent wrote', async () => {
    const { service, session, read } = await open();
    const first = writeState(session, { n: 1, 'temp:n': 1 });
    const second = writeState(session, { n: 2, 'temp:n': 2 });
    await service.appendEvent({ session, event: first });
    expect(session.state).toEqual({ n: 2, 'temp:n': 2 });
    await service.appendEvent({ session, event: second });
    expect(session.state).toEqual({ n: 2, 'temp:n': 2 });
    expect((await read()).state).toEqual({ n: 2 });
  });

  it('takes temp: keys of events that did not go through its state, each time', async () => {
    const { service, session } = await open();
    await service.appendEvent({ session, event: writeState(session, { 'temp:n': 1 }) });
    for (const n of [2, 3]) {
      await service.appendEvent({ session, event: changing({ 'temp:n': n }) });
      expect(session.state['temp:n']).toBe(n);
    }
  });

  it('may be an object that comes from elsewhere', async () => {
    const { service, session, read } = await open();
    const copy = structuredClone(session);
    await service.appendEvent({ session: copy, event: changing({ a: 1 }) });
    await service.appendEvent({ session: copy, event: changing({ b: 2 }) });
    expect(copy.state).toEqual({ a: 1, b: 2 });
    expect(copy.state).toEqual((await read()).state);
    expect(copy.events.map(({ id }) => id)).toEqual((await read()).events.map(({ id }) => id));
  });

  it('stays as it is if an event is sent again that it has already', async () => {
    const { service, session, read } = await open();
    const event = changing({ n: 1 });
    await service.appendEvent({ session, event });
    await service.appendEvent({ session, event: changing({ n: 2 }) });
    expect(await service.appendEvent({ session, event })).toBe(event);
    expect(session.state).toEqual({ n: 2 });
    expect(session.events).toHaveLength(2);
    expect((await read()).state).toEqual({ n: 2 });
  });
});

describe('a session object that others have overtaken', () => {
  it('does not get what others store, neither events nor state', async () => {
    const { service, session, read } = await open();
    const state = { mine: 1, 'user:u': 1, 'app:a': 1 };
    await service.appendEvent({ session, event: changing(state, 'first') });
    const other = await read();
    const theirs = { theirs: 1, mine: undefined, 'user:u': 2, 'app:a': 2 };
    await service.appendEvent({ session: other, event: changing(theirs, 'theirs') });
    await service.appendEvent({ session, event: changing({ more: 1 }, 'second') });
    expect(session.events.map(({ id }) => id)).toEqual(['first', 'second']);
    expect(session.state).toEqual({ ...state, more: 1 });

    const next = await read();
    expect(next.events.map(({ id }) => id)).toEqual(['first', 'theirs', 'second']);
    expect(next.state).toEqual({ theirs: 1, more: 1, 'user:u': 2, 'app:a': 2 });
  });

  it('gets what others have stored before the first event of its next run', async () => {
    const { service, session, read } = await open();
    const append = (
      to: typeof session,
      { id, run, ...delta }: { readonly id: string; readonly run: string; [key: string]: unknown },
    ) => service.appendEvent({ session: to, event: { ...changing(delta, id), invocationId: run } });
    const other = await read();
    await append(session, { id: 'a1', run: 'a', mine: 1, both: 'a1' });
    await append(other, { id: 'b1', run: 'b', theirs: 1, both: 'b1', gone: 1 });
    await append(session, { id: 'a2', run: '', both: 'a2' });
    await append(other, { id: 'b2', run: 'b', theirs: 2, gone: undefined });
    await append(session, { id: 'a3', run: 'a', mine: 2 });
    expect(session.events.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3']);

    await append(other, { id: 'b3', run: 'b', last: 'b3' });
    await append(session, { id: 'c1', run: 'c', last: 'c1' });
    expect(session.events.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1']);
    expect(session.state).toEqual((await read()).state);
    expect(session.state).toEqual({ mine: 2, both: 'a2', theirs: 2, last: 'c1' });

    // Nothing comes twice.
    await append(session, { id: 'c2', run: 'c' });
    await append(session, { id: 'd1', run: 'd' });
    expect(session.events).toHaveLength(9);
  });

  it('gets nothing older than its first append if it is a copy', async () => {
    const { service, session, read } = await open();
    const copy = structuredClone(session);
    const append = (to: typeof session, { id, run }: { id: string; run: string }) =>
      service.appendEvent({ session: to, event: { ...changing({}, id), invocationId: run } });
    await append(session, { id: 'before', run: 'a' });
    await append(copy, { id: 'b1', run: 'b' });
    await append(await read(), { id: 'after', run: 'a' });
    await append(copy, { id: 'c1', run: 'c' });
    expect(copy.events.map(({ id }) => id)).toEqual(['b1', 'after', 'c1']);
  });

  it('has the last word on what it writes itself, as the store does', async () => {
    const { service, session, read } = await open();
    const mine = writeState(session, { n: 'mine' });
    await service.appendEvent({ session: await read(), event: changing({ n: 'theirs' }) });
    await service.appendEvent({ session, event: mine });
    expect(session.state).toEqual({ n: 'mine' });
    expect((await read()).state).toEqual({ n: 'mine' });
  });

  it('is told if it was deleted', async () => {
    const { service, session } = await open();
    await service.deleteSession({ ...owner, sessionId: session.id });
    await service.deleteSession({ ...owner, sessionId: session.id });
    await expect(service.appendEvent({ session, event: changing({}) })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(session.events).toEqual([]);
  });
});

describe('at the same time', () => {
  describeStores((openStore) => {
    it('many appends to one object keep the order in which they were asked for', async () => {
      const service = new HoldfastSessionService(await openStore());
      const session = await service.createSession(owner);
      const ids = Array.from({ length: 12 }, (_, i) => `e${i}`);
      const events = ids.map((id, i) => writeState(session, { last: id, [`k${i}`]: i }));
      await Promise.all(
        events.map((event, i) =>
          service.appendEvent({ session, event: { ...event, id: ids[i] as string } }),
        ),
      );
      const stored = await service.getSession({ ...owner, sessionId: session.id });
      expect(stored?.events.map(({ id }) => id)).toEqual(ids);
      expect(session.events.map(({ id }) => id)).toEqual(ids);
      expect(stored?.state).toEqual(session.state);
      expect(stored?.state['last']).toBe('e11');
    });

    it('two runners of one session lose nothing of each other', async () => {
      const store = await openStore();
      const service = new HoldfastSessionService(store);
      const { id } = await service.createSession({ ...owner, state: { 'user:name': 'Ada' } });
      const turns = ['book', 'lamp'].map((item) =>
        takeTurn({
          runner: openShop(new HoldfastSessionService(store)).runner,
          sessionId: id,
          parts: [text(`add ${item}`)],
          stateDelta: { [`heard_${item}`]: true },
        }),
      );
      const yielded = (await Promise.all(turns)).flat();
      const stored = await service.getSession({ ...owner, sessionId: id });
      const ids = stored?.events.map((event) => event.id);
      expect(ids).toEqual(expect.arrayContaining(yielded.map((event) => event.id)));
      expect(ids).toHaveLength(yielded.length + 2);
      expect(stored?.state).toMatchObject({ heard_book: true, heard_lamp: true });
    });

    it('callers of getOrCreateSession get one session', async () => {
      const store = await openStore();
      const key = { ...owner, sessionId: 'one' };
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, by) =>
          new HoldfastSessionService(store).getOrCreateSession({ ...key, state: { by } }),
        ),
      );
      expect(new Set(all.map(({ state }) => state['by'])).size).toBe(1);
    });

    it('branches of a parallel agent write one session', async () => {
      const service = new HoldfastSessionService(await openStore());
      const subAgents = ['left', 'right'].map(
        (name) =>
          new LlmAgent({
            name,
            model: new ScriptedModel(() => [text(`${name} is done`)]),
            outputKey: name,
          }),
      );
      const agent = new ParallelAgent({ name: 'both', subAgents });
      const runner = new Runner({ appName: 'shop', agent, sessionService: service });
      const { id } = await service.createSession(owner);
      await takeTurn({ runner, sessionId: id, parts: [text('go')] });
      const stored = await service.getSession({ ...owner, sessionId: id });
      expect(stored?.state).toEqual({ left: 'left is done', right: 'right is done' });
      expect(stored?.events).toHaveLength(3);
    });
  });
});

describe('other agents of a run', () => {
  it('an agent as a tool shares the service, under its own app name', async () => {
    const { service, session } = await open();
    const { AgentTool } = await import('@google/adk');
    const helper = new LlmAgent({
      name: 'helper',
      model: new ScriptedModel(() => [text('helped')]),
      outputKey: 'help',
    });
    const agent = new LlmAgent({
      name: 'root',
      tools: [new AgentTool({ agent: helper })],
      model: new ScriptedModel(({ functionResponse }) =>
        functionResponse ? [text('thanks')] : [call('helper', { request: 'please' })],
      ),
    });
    const runner = new Runner({ appName: 'shop', agent, sessionService: service });
    await takeTurn({ runner, sessionId: session.id, parts: [text('go')] });
    const stored = await service.getSession({ ...owner, sessionId: session.id });
    expect(stored?.state).toEqual({ help: 'helped' });
    const sub = await service.getSession({ ...owner, appName: 'helper', sessionId: session.id });
    expect(sub?.events).toHaveLength(2);
  });
});
