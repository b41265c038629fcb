import type { Contestant } from '../contestant.ts';
import { serviceStore } from './service-store.ts';

export const memory: Contestant = {
  id: 'memory',
  name: 'Holdfast',
  kind: 'holdfast',
  group: 'memory',
  packages: ['@holdfast/in-memory'],
  note: 'Checks, copies and freezes each event, knows it by its id, and keeps state in three scopes.',
  async open() {
    const { InMemorySessionService } = await import('@holdfast/in-memory');
    return serviceStore(new InMemorySessionService());
  },
};
