import { describe, expect, it } from 'vitest';
import { changing, key, owner, said, useServices } from './differences.fixture.ts';

/** Each title is a row of the table in docs/semantics.md. */
describe("ADK's own stores and ours: what may come in", () => {
  const { onEach } = useServices();

  it('ids with white space at either end', async () => {
    const found = await onEach(async (service) => {
      await service.createSession({ ...owner, sessionId: ' one ' });
      const padded = await service.getSession({ ...owner, sessionId: ' one ' });
      return [padded?.id, await service.getSession({ ...owner, sessionId: 'one' })];
    });
    const kept = [' one ', undefined];
    expect(found).toEqual({ memory: kept, database: kept, ours: 'invalid_argument' });
  });

  it('an id of more than 255 bytes', async () => {
    const found = await onEach(async (service) => {
      const sessionId = 'x'.repeat(256);
      await service.createSession({ ...owner, sessionId });
      return (await service.getSession({ ...owner, sessionId }))?.id.length;
    });
    expect(found).toEqual({ memory: 256, database: 256, ours: 'invalid_argument' });
  });

  it('an empty `userId`', async () => {
    const found = await onEach(async (service) => {
      await service.createSession({ ...key, userId: '' });
      return (await service.getSession({ ...key, userId: '' }))?.id;
    });
    expect(found).toEqual({ memory: 'one', database: 'one', ours: 'invalid_argument' });
  });

  it('an empty key of state', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.appendEvent({ session, event: changing({ '': 1, 'user:': 2 }) });
      return (await service.getSession(key))?.state;
    });
    const kept = { '': 1, 'user:': 2 };
    expect(found).toEqual({ memory: kept, database: kept, ours: 'invalid_argument' });
  });

  it('a time between two milliseconds', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      await service.appendEvent({ session, event: said('hello', { timestamp: 5000.5 }) });
      const stored = await service.getSession(key);
      return [stored?.events[0]?.timestamp, stored?.lastUpdateTime];
    });
    expect(found).toEqual({
      memory: [5000.5, 5000.5],
      database: [5000.5, 5000],
      ours: 'invalid_argument',
    });
  });

  it('`null` in a `stateDelta`', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession({ ...key, state: { choice: 1 } });
      await service.appendEvent({ session, event: changing({ choice: null }) });
      return (await service.getSession(key))?.state;
    });
    const kept = { choice: null };
    expect(found).toEqual({ memory: kept, database: kept, ours: kept });
  });

  it('`temp:` keys in the event', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const event = changing({ 'temp:step': 1, cart: 2 });
      await service.appendEvent({ session, event });
      const stored = (await service.getSession(key))?.events[0];
      return [event, stored].map((each) => Object.keys(each?.actions.stateDelta ?? {}).join());
    });
    const dropped = ['cart', 'cart'];
    expect(found).toEqual({ memory: dropped, database: dropped, ours: dropped });
  });

  it('a copy of a session object that others have overtaken', async () => {
    const found = await onEach(async (service) => {
      const session = await service.createSession(key);
      const copy = { ...session, state: { ...session.state }, events: [...session.events] };
      const timestamp = session.lastUpdateTime + 60_000;
      const append = (to: typeof session, delta: Record<string, unknown>) =>
        service.appendEvent({ session: to, event: changing(delta, { timestamp }) });
      await append(session, { before: 1 });
      await append(copy, {});
      await append(session, { between: 1 });
      await append(copy, {});
      return Object.keys(copy.state).sort();
    });
    expect(found).toEqual({
      memory: [],
      database: ['before', 'between'],
      ours: [],
    });
  });
});
