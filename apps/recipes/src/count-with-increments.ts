// Sixteen agents serve customers, and each counts: no one reads first, and no count is lost.

import { InMemorySessionService, isHoldfastError } from '@holdfast/in-memory';

const service = new InMemorySessionService();
const user = { scope: 'user', appName: 'shop', userId: 'ada' } as const;
await service.updateState({ ...user, set: { credits: 20, name: 'Ada' } });

await Promise.all(
  Array.from({ length: 16 }, async (_, i) => {
    const session = await service.create({ appName: 'shop', userId: 'ada' });
    const actions = { stateIncrements: { 'app:served': 1, 'user:credits': -1, answers: 1 } };
    const append = { ...session, event: { id: `answer-${i}`, author: 'agent', actions } };
    await service.appendEvent(append);
    // The answer got lost: it is sent again, and counts once.
    await service.appendEvent(append);
  }),
);
console.log(await service.getState({ scope: 'app', appName: 'shop' }));

// Without an event:
console.log(await service.updateState({ ...user, increment: { credits: 100 } }));

// What is not a number cannot be counted.
try {
  await service.updateState({ ...user, increment: { name: 1 } });
} catch (error) {
  if (isHoldfastError(error, 'conflict')) console.log(error.path);
}
