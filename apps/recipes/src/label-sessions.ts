// A list of chats with titles, and only those that are open.

import { InMemorySessionService, type Labels } from '@holdfast/in-memory';

const service = new InMemorySessionService();
const user = { appName: 'shop', userId: 'ada' };
const books = await service.create({ ...user, labels: { title: 'New chat', status: 'open' } });
const pens = await service.create({ ...user, labels: { title: 'Pens', status: 'open' } });

// One changes the title, another one the status: neither loses what the other has changed.
await Promise.all([
  service.updateSession({ ...books, labels: { set: { title: 'Two books' } } }),
  service.updateSession({ ...books, labels: { set: { status: 'paid' }, remove: ['draft'] } }),
]);
console.log(await titles({}));
console.log(await titles({ status: 'open' }));

// A rename is not news: the session stays where it is in the list, and nobody's append fails.
const renamed = await service.updateSession({ ...pens, labels: { set: { title: 'Red pens' } } });
console.log(renamed.lastUpdateTime === pens.lastUpdateTime, renamed.revision);
console.log((await service.get(pens))?.labels);

async function titles(labels: Labels): Promise<string> {
  const { sessions } = await service.list({ ...user, labels });
  return sessions
    .map((session) => session.labels['title'])
    .sort()
    .join(', ');
}
