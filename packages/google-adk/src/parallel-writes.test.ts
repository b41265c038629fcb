import {
  type BaseSessionService,
  type Event,
  FunctionTool,
  InMemorySessionService,
  LlmAgent,
  ParallelAgent,
  Runner,
  type Session,
} from '@google/adk';
import { Type } from '@google/genai';
import { HoldfastError } from '@holdfast/core';
import { InMemorySessionService as HoldfastInMemory } from '@holdfast/in-memory';
import { type SessionService, wrapSessionService } from '@holdfast/session';
import { describe, expect, it } from 'vitest';
import { createBarrier } from './barrier.fixture.ts';
import { HoldfastSessionService } from './holdfast-session-service.ts';
import { changing, openSession, owner, writeState } from './live-session.fixture.ts';
import { call, ScriptedModel, text } from './scripted-model.fixture.ts';
import { takeTurn } from './shop.fixture.ts';
import { describeStores } from './stores.fixture.ts';

const keys = ['winner', 'user:winner', 'app:winner'];

interface Branch {
  readonly name: string;
  /** What is waited for before the write, and between it and the event that brings it. */
  readonly before?: Promise<unknown>;
  readonly after?: Promise<unknown>;
  readonly onWritten?: () => void;
  readonly onStored?: () => void;
}

function branch({ name, before, after, onWritten, onStored }: Branch): LlmAgent {
  const write = new FunctionTool({
    name: 'write',
    description: 'Writes its name.',
    parameters: { type: Type.OBJECT, properties: {} },
    execute: async (_, context) => {
      await before;
      for (const key of keys) context?.state.set(key, name);
      context?.state.set(name, true);
      onWritten?.();
      await after;
      return { written: name };
    },
  });
  return new LlmAgent({
    name,
    tools: [write],
    model: new ScriptedModel(({ functionResponse }) => {
      if (functionResponse === undefined) return [call('write')];
      onStored?.(); // the runner goes on after it has stored the event of the tool
      return [text('done')];
    }),
  });
}

/** Two branches: one writes first, and its event is stored last. Gives both states. */
async function race(sessionService: BaseSessionService) {
  const written = createBarrier();
  const stored = createBarrier();
  const subAgents = [
    branch({ name: 'early', onWritten: written.arrive, after: stored.opened }),
    branch({ name: 'late', before: written.opened, onStored: stored.arrive }),
  ];
  let shown: Record<string, unknown> = {};
  const agent = new ParallelAgent({
    name: 'both',
    subAgents,
    afterAgentCallback({ state }) {
      shown = state.toRecord();
      return undefined;
    },
  });
  const runner = new Runner({ appName: 'shop', agent, sessionService });
  const { id } = await sessionService.createSession(owner);
  await takeTurn({ runner, sessionId: id, parts: [text('go')] });
  const session = (await sessionService.getSession({ ...owner, sessionId: id })) as Session;
  return { session, shown, state: session.state };
}

describe('two branches that write one key, the older write stored last', () => {
  it('leave the newer value in the session of ADK', async () => {
    const { shown, state } = await race(new InMemorySessionService());
    expect([shown['winner'], state['winner']]).toEqual(['late', 'late']);
  });

  describeStores((open) => {
    it('leave the newer value in the store, as the session object shows it', async () => {
      const { session, shown, state } = await race(new HoldfastSessionService(await open()));
      expect(state).toEqual({
        winner: 'late',
        'user:winner': 'late',
        'app:winner': 'late',
        early: true,
        late: true,
      });
      expect(shown).toEqual(state);
      const deltas = session.events.map(({ actions }) => actions.stateDelta);
      expect(deltas.filter((delta) => 'winner' in delta)).toHaveLength(1);
      expect(deltas.filter((delta) => 'early' in delta)).toEqual([{ early: true }]);
    });
  });
});

describe('writes of one session object that are stored the other way round', () => {
  async function open(store?: SessionService) {
    const { service, session, read } = await openSession(store);
    return {
      session,
      write: (values: Record<string, unknown>) => writeState(session, values),
      append: (event: Event) => service.appendEvent({ session, event }),
      read: async () => (await read()).state,
    };
  }

  it('keep the newest of three, and a removal too', async () => {
    const { session, write, append, read } = await open();
    const first = write({ n: 1, kept: 1, both: 1 });
    const second = write({ n: 2, both: undefined });
    const third = write({ n: 3 });
    for (const event of [third, first, second]) await append(event);
    expect(await read()).toEqual({ n: 3, kept: 1 });
    expect(session.state['n']).toBe(3);
    expect(session.state['both']).toBeUndefined();
  });

  it('may be sent again', async () => {
    const { session, write, append, read } = await open();
    const early = write({ n: 'early', kept: 1 });
    const late = write({ n: 'late' });
    for (const event of [late, early, early, late]) await append(event);
    expect(await read()).toEqual({ n: 'late', kept: 1 });
    expect(session.state).toEqual(await read());
    expect(session.events.map(({ id }) => id)).toEqual([late.id, early.id]);
  });

  it('count only once they are stored', async () => {
    const memory = new HoldfastInMemory();
    let isDown = true;
    const store = wrapSessionService(memory, {
      appendEvent: (next, request) => {
        if (isDown) throw new HoldfastError('unavailable', { message: 'down' });
        return next(request);
      },
    });
    const { write, append, read } = await open(store);
    const early = write({ n: 'early' });
    const late = write({ n: 'late' });
    await expect(append(late)).rejects.toMatchObject({ code: 'unavailable' });
    isDown = false;
    await append(early);
    expect(await read()).toEqual({ n: 'early' });
    await append(late);
    expect(await read()).toEqual({ n: 'late' });
  });

  it('give way to a delta that came without a write, as they do in ADK', async () => {
    const { session, write, append, read } = await open();
    const early = write({ n: 'early' });
    const given = changing({ n: 'given' });
    const late = write({ m: 1 });
    for (const event of [given, early, late]) await append(event);
    expect(session.state).toEqual({ n: 'given', m: 1 });
    expect(await read()).toEqual({ n: 'given', m: 1 });
    await append(write({ n: 'newer' }));
    expect(session.state['n']).toBe('newer');
    expect(await read()).toEqual({ n: 'newer', m: 1 });
  });
});
