// A program that has installed @google/adk and the adapter, and gets its store from elsewhere.

import {
  type AdkDatabase,
  HoldfastSessionService,
  type HoldfastSessionServiceOptions,
  importAdkDatabase,
  isHoldfastError,
  type SessionService,
  toAdkRunConfig,
} from '@holdfast/google-adk';

const key = { appName: 'shop', userId: 'ada', sessionId: '1' };

export declare const store: SessionService;
export declare const database: AdkDatabase;
export const options: HoldfastSessionServiceOptions = { stateValues: 'strict' };
export const valuesOf = options.stateValues;
export const service = new HoldfastSessionService(store, options);
export const inner = service.service;
export const created = () => service.createSession({ appName: 'shop', userId: 'ada' });
export const found = () => service.getSession(key);
export const listed = () => service.listSessions({ appName: 'shop', userId: 'ada' });
export const stored = () => inner.create({ appName: 'shop', userId: 'ada' });
export const state = async () => (await stored()).state;
export const history = async () => (await stored()).conversationHistory;
export const page = () => inner.list(key);
export const events = () => inner.listEvents(key);
export const capabilities = inner.capabilities;
export const imported = () => importAdkDatabase({ database, service: store, appName: 'shop' });
export const rows = () => database.query('SELECT 1', []);
export const runConfig = toAdkRunConfig({ streamingMode: 'sse' });
export const runInput = (...given: Parameters<typeof toAdkRunConfig>) => given;
export const code = (thrown: unknown) => (isHoldfastError(thrown) ? thrown.code : undefined);

export class Shop extends HoldfastSessionService {
  carts() {
    return this.service.getState({ scope: 'app', appName: 'shop' });
  }
}
