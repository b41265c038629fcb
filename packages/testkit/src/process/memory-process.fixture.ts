import { StoredSessionService } from '@holdfast/session/store';
import { MinimalStore } from '../proof/minimal-store.ts';
import { serveService } from './serve-service.ts';

const stores = new Map<string, MinimalStore>();

serveService((storage) => {
  if (storage === 'nowhere') throw new Error('there is no such storage');
  const store = stores.get(storage) ?? new MinimalStore();
  stores.set(storage, store);
  return new StoredSessionService(store);
});
