import { type SessionServiceOptions, StoredSessionService } from '@holdfast/session/store';
import type { KeyValueDatabase } from './key-value-database.ts';
import { KeyValueStore } from './key-value-store.ts';

export class KeyValueSessionService extends StoredSessionService {
  constructor(database: KeyValueDatabase, options: SessionServiceOptions = {}) {
    super(new KeyValueStore(database), options);
  }
}
