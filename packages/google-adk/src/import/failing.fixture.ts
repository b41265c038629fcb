import type { InMemorySessionService } from '@holdfast/in-memory';
import type { SessionService } from '@holdfast/session';
import type { AdkDatabase } from './adk-database.ts';

/** A database that is gone after some queries. */
export function failingAfter(source: AdkDatabase, calls: number): AdkDatabase {
  let count = 0;
  return {
    dialect: source.dialect,
    query: (sql, params) => {
      if (count++ >= calls) throw new Error('gone');
      return source.query(sql, params);
    },
  };
}

/** A service whose writes fail after some. */
export function refusingAfter(store: InMemorySessionService, writes: number): SessionService {
  let count = 0;
  return new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const isWrite = name === 'create' || name === 'appendEvents' || name === 'updateState';
      return (...args: unknown[]) => {
        if (isWrite && count++ >= writes) return Promise.reject(new Error('refused'));
        return value.apply(target, args);
      };
    },
  });
}
