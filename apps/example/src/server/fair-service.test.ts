import { InMemorySessionService } from '@holdfast/in-memory';
import { expect, test } from 'vitest';
import { fairService } from './fair-service.ts';

const appName = 'fair';

test('who asks for little does not wait for all that another has asked for', async () => {
  const service = fairService(new InMemorySessionService());
  const [ada, eve] = [
    await service.create({ appName, userId: 'ada' }),
    await service.create({ appName, userId: 'eve' }),
  ];
  let answered = 0;
  const flood = Array.from({ length: 1_000 }, async () => {
    await service.get(eve);
    answered++;
  });
  for (let i = 0; i < 5; i++) await service.get(ada);
  expect(answered).toBeLessThan(50);
  await Promise.all(flood);
});

test('many users take turns', async () => {
  const service = fairService(new InMemorySessionService());
  const users = Array.from({ length: 40 }, (_, i) => `user ${i}`);
  const order: string[] = [];
  const calls = users.flatMap((userId) =>
    Array.from({ length: 5 }, async () => {
      await service.list({ appName, userId });
      order.push(userId);
    }),
  );
  await Promise.all(calls);
  // Each has had something before anyone has had all.
  const firsts = users.map((userId) => order.indexOf(userId));
  const lasts = users.map((userId) => order.lastIndexOf(userId));
  expect(Math.max(...firsts)).toBeLessThan(Math.min(...lasts));
});

test('a call that fails makes room for the next', async () => {
  const service = fairService(new InMemorySessionService());
  const missing = { appName, userId: 'ada', sessionId: 'none' };
  const calls = Array.from({ length: 20 }, () => service.listEvents(missing));
  for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
  expect((await service.list({ appName, userId: 'ada' })).sessions).toEqual([]);
});
