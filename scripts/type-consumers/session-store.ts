// A store of one's own.

import {
  encodeListCursor,
  foldState,
  type ListPosition,
  numberEvents,
  type PreparedAppend,
  type PreparedGetState,
  parseStoredEvent,
  prepareAppendEvent,
  type SessionStore,
  StoredSessionService,
  translateWith,
} from '@holdfast/session/store';

export declare const store: SessionStore;
export declare const position: ListPosition;
export declare const given: PreparedAppend;

export const service = new StoredSessionService(store, { maxEventBytes: 1_000 });
export const created = () => service.create({ appName: 'shop', userId: 'ada' });
export const state = async () => (await created()).state;
export const history = async () => (await created()).conversationHistory;
export const append = () => store.append(given);
export const page = store.list;
export const events = store.listEvents;
export const loaded = (key: PreparedAppend['key']) =>
  store.get({ key, numRecentEvents: 1, afterTimestamp: undefined });
export const scope = (owner: PreparedGetState) => store.getState(owner);
export const changed = store.updateState;
export const numbered = (...rest: Parameters<typeof numberEvents>) => numberEvents(...rest);
export const folded = foldState(new Map(), given.changes.user);
export const changes = given.changes;
export const cursor = encodeListCursor(
  { appName: 'shop', userId: undefined, order: 'asc' },
  position,
);
export const parsed = parseStoredEvent('{}', { seq: 1, key: given.key });
export const prepared = prepareAppendEvent(
  { ...given.key, event: {} },
  { maxEventBytes: 1_000, now: () => 0 },
);
export const translated = translateWith(() => ['internal', 'No']);

export class OwnService extends StoredSessionService {
  constructor() {
    super(store);
  }
  ping() {
    return this.run(() => position);
  }
}
