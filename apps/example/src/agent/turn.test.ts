import { type Event, HoldfastError } from '@holdfast/core';
import { expect, test, vi } from 'vitest';
import { createWorld, look, lookOnce, run, say } from './agent.fixture.ts';
import { createExampleAgent } from './example-agent.ts';
import { OfflineModel } from './offline-model.ts';

function saidIn(events: readonly Event[]) {
  return events.map(({ author, content }) => [author, content]);
}

test('the same message again brings what is stored, and the model is not asked', async () => {
  const world = await createWorld();
  const model = vi.fn(lookOnce);
  const first = await run({ world, model, tools: [look], eventId: 'one' });
  const calls = model.mock.calls.length;
  const again = await run({ world, model, tools: [look], eventId: 'one' });
  expect(again.events).toEqual(first.events);
  await run({ world, model, tools: [look], eventId: 'two' });
  const later = await run({ world, model, tools: [look], eventId: 'one' });
  expect(later.events).toEqual(first.events);
  expect(model).toHaveBeenCalledTimes(2 * calls);
  expect(later.stored?.revision).toBe(8);
});

test.each(['one', 'two'])('the id of message %s with another text is refused', async (eventId) => {
  const world = await createWorld();
  await run({ world, model: lookOnce, eventId: 'one' });
  await run({ world, model: lookOnce, eventId: 'two' });
  const agent = createExampleAgent({ service: world.service, model: new OfflineModel() });
  const session = (await world.service.get(world.session.key)) ?? world.session;
  const steps = agent.run({ session, message: 'something else', eventId });
  await expect(steps.next()).rejects.toMatchObject({ code: 'already_exists', path: 'eventId' });
  expect((await world.service.get(world.session.key))?.revision).toBe(8);
});

test.each([1, 2, 3])('a turn that died after event %i goes on from there', async (stored) => {
  const whole = await run({ model: lookOnce, tools: [look], eventId: 'one' });
  const world = await createWorld();
  for (const { seq: _, ...event } of whole.events.slice(0, stored)) {
    await world.service.appendEvent({ ...world.session.key, event });
  }
  const rest = await run({ world, model: lookOnce, tools: [look], eventId: 'one' });
  expect(saidIn(rest.events)).toEqual(saidIn(whole.events));
  // The tool was carried out once, whenever it was.
  expect(rest.stored?.state.toJSON()).toEqual({ title: 'go', looks: 1 });
});

test('a turn that died goes on if its last event is all that is known', async () => {
  const whole = await run({ model: lookOnce, tools: [look], eventId: 'one' });
  const world = await createWorld();
  for (const { seq: _, ...event } of whole.events.slice(0, 2)) {
    await world.service.appendEvent({ ...world.session.key, event });
  }
  const model = vi.fn(lookOnce);
  const known = { eventId: 'one', numRecentEvents: 1 };
  const rest = await run({ world, model, tools: [look], ...known });
  expect(saidIn(rest.events)).toEqual(saidIn(whole.events));
  expect(model).toHaveBeenCalledTimes(1);
});

test('a turn that died stays as it is where the conversation has gone on', async () => {
  const world = await createWorld();
  const dead = { id: 'one', invocationId: 'one', author: 'user' };
  const content = { role: 'user', parts: [{ text: 'go' }] };
  await world.service.appendEvent({ ...world.session.key, event: { ...dead, content } });
  await run({ world, model: lookOnce, tools: [look], eventId: 'two' });
  const again = await run({ world, model: lookOnce, tools: [look], eventId: 'one' });
  expect(again.events.map(({ id }) => id)).toEqual(['one']);
  expect(again.stored?.revision).toBe(5);
});

test('of two runs in one conversation, the one that is behind stores nothing more', async () => {
  const world = await createWorld();
  const late = run({
    world,
    eventId: 'one',
    async *model() {
      await run({ world, model: lookOnce, tools: [look], eventId: 'two' });
      yield say('too late');
    },
  });
  await expect(late).rejects.toMatchObject({
    code: 'conflict',
    message: 'somebody else has written into this conversation meanwhile: ask again',
  });
  const stored = await world.service.get(world.session.key);
  expect(stored?.events.map(({ invocationId }) => invocationId)).toEqual([
    'one',
    'two',
    'two',
    'two',
    'two',
  ]);
});

test('of two messages at once, the one that is behind is refused as a person can read it', async () => {
  const world = await createWorld();
  const agent = createExampleAgent({ service: world.service, model: new OfflineModel() });
  await run({ world, model: lookOnce, tools: [look] });
  const late = agent.run({ session: world.session, message: 'me, too' });
  await expect(late.next()).rejects.toMatchObject({
    code: 'conflict',
    message: 'somebody else has written into this conversation meanwhile: send it again',
  });
});

test.each([
  [10, 3],
  [5_000, 1],
])('a store that gives up after %i ms is asked %i times', async (wait, times) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const world = await createWorld();
    const append = vi.spyOn(world.service, 'appendEvent').mockImplementation(async () => {
      vi.advanceTimersByTime(wait);
      throw new HoldfastError('unavailable', { message: 'the database is locked' });
    });
    await expect(run({ world, model: lookOnce })).rejects.toMatchObject({ code: 'unavailable' });
    expect(append).toHaveBeenCalledTimes(times);
  } finally {
    vi.useRealTimers();
  }
});

test('an append whose acknowledgement was lost is repeated, and stored once', async () => {
  const world = await createWorld();
  const append = world.service.appendEvent.bind(world.service);
  let lost = 0;
  vi.spyOn(world.service, 'appendEvent').mockImplementation(async (request) => {
    const event = await append(request);
    if (event.seq === undefined || lost >= event.seq) return event;
    lost = event.seq;
    throw new HoldfastError('unavailable', { message: 'the line is dead' });
  });
  const { events, stored } = await run({ world, model: lookOnce, tools: [look] });
  expect(lost).toBe(4);
  expect(stored?.events).toEqual(events);
  expect(stored?.state.toJSON()).toEqual({ title: 'go', looks: 1 });
});
