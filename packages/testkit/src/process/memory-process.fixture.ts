import { StoredSessionService } from '@holdfast/session/store';
import { CompleteStore } from '../proof/complete-store.ts';
import { serveService } from './serve-service.ts';

const stores = new Map<string, CompleteStore>();

serveService((storage) => {
  if (storage === 'nowhere') throw new Error('there is no such storage');
  const store = stores.get(storage) ?? new CompleteStore();
  stores.set(storage, store);
  return new StoredSessionService(store);
});
