import { testSessionService } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { InMemorySessionService } from './in-memory-session-service.ts';

testSessionService(
  { describe, it },
  { name: 'InMemorySessionService', create: () => new InMemorySessionService(), propertyRuns: 200 },
);

testSessionService(
  { describe, it },
  {
    name: 'InMemorySessionService with a bound',
    create: () => new InMemorySessionService({ maxSessions: 10_000 }),
  },
);

describe('InMemorySessionService', () => {
  it('excuses itself from nothing but sharing and persisting', () => {
    const { capabilities } = new InMemorySessionService();
    expect(capabilities).toStrictEqual({
      persistent: false,
      shared: false,
      evicts: false,
      atomicAppState: true,
      listAllUsers: true,
      updateSession: true,
      getEvent: true,
      fork: true,
      erase: true,
      increments: true,
      turns: true,
      sweep: true,
      eraseUser: true,
      listUsers: true,
      importSession: true,
      watch: true,
    });
  });
});
