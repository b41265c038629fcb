import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import { at } from './scenario.ts';

/** Writes of each kind, one after the other, each of which changes what is seen. */
export interface Story {
  /** The sessions that it is about, of two users of one app. */
  readonly keys: readonly SessionKey[];
  readonly steps: readonly ((service: SessionService) => Promise<unknown>)[];
}

export function newStory({ newKey, newId }: Pick<CaseContext, 'newKey' | 'newId'>): Story {
  const first = newKey();
  const second = { ...first, sessionId: newId('session') };
  const other = { ...newKey(), appName: first.appName };
  const user = { scope: 'user', appName: first.appName, userId: first.userId } as const;
  const app = { scope: 'app', appName: first.appName } as const;
  const state = { own: 1, 'user:theirs': [1], 'app:everyones': { of: 1 } };
  const batch = [1, 2, 3].map((n) => ({
    id: `b${n}`,
    timestamp: at(n),
    actions: { stateDelta: { batch: n, [`user:b${n}`]: n, 'app:batch': n } },
  }));
  const one = { id: 'e1', timestamp: at(5), author: 'user', content: { parts: [{ text: 'é' }] } };
  const actions = { stateDelta: { own: null, 'user:theirs': 2 }, removedStateKeys: ['app:batch'] };
  return {
    keys: [first, second, other],
    steps: [
      (service) => service.create({ ...first, state }),
      (service) => service.appendEvent({ ...first, event: one }),
      (service) => service.create(second),
      (service) => service.appendEvents({ ...second, events: batch }),
      (service) => service.getOrCreate({ ...other, state: { own: 3, 'user:theirs': 3 } }),
      (service) => service.updateState({ ...user, set: { a: 1, b: 2 } }),
      (service) => service.updateState({ ...app, set: { a: 3, everyones: null } }),
      (service) => service.appendEvent({ ...first, event: { timestamp: at(4), actions } }),
      (service) => service.updateState({ ...user, set: { b: 4 }, remove: ['a'] }),
      (service) => service.delete(second),
      (service) => service.create({ ...second, state: { again: true } }),
      (service) => service.appendEvent({ ...second, event: { id: 'b2', timestamp: at(7) } }),
      (service) => service.updateState({ ...app, remove: ['a', 'everyones'] }),
      (service) =>
        service.appendEvents({
          ...first,
          events: [one, { id: 'e3', timestamp: at(8), actions: { removedStateKeys: ['own'] } }],
          onStored: 'skip',
        }),
      (service) => service.delete(other),
    ],
  };
}

/** Writes the whole story. */
export async function tell(story: Story, service: SessionService): Promise<void> {
  for (const step of story.steps) await step(service);
}
