import { expect } from 'vitest';
import type { SessionJson } from './session.ts';
import type { SessionService } from './session-service.ts';

/** What the first version of a store has written, as its own code left it: `version-1.fixture.json`. */
export interface MadeByVersion1<Written> {
  /** What brings it about, in order. */
  readonly written: readonly Written[];
  /** The sessions as that version read them. */
  readonly sessions: readonly Omit<SessionJson, 'incarnation' | 'labels'>[];
}

/** Sees to it that a service over what version 1 has written has all of it, and goes on with it. */
export async function expectVersion1(
  service: SessionService,
  { sessions }: MadeByVersion1<unknown>,
): Promise<void> {
  for (const { id: _, ...session } of sessions) {
    const { appName, userId, sessionId, revision } = session;
    const key = { appName, userId, sessionId };
    const found = await service.get(key);
    expect(found?.toJSON()).toEqual({
      labels: {},
      ...session,
      id: sessionId,
      incarnation: expect.any(String),
    });
    const listed = (await service.list(key)).sessions.find((each) => each.id === sessionId);
    expect(listed?.incarnation).toBe(found?.incarnation);

    const expected = { ...key, expectedIncarnation: found?.incarnation };
    const stored = await service.appendEvent({ ...expected, event: { id: 'later' } });
    expect(stored.seq).toBe(revision + 1);
    expect(await service.appendEvent({ ...expected, event: { id: 'later' } })).toEqual(stored);
    const batch = await service.appendEvents({ ...expected, events: [{}, {}] });
    expect(batch.map(({ seq }) => seq)).toEqual([revision + 2, revision + 3]);
    expect((await service.get(key))?.incarnation).toBe(found?.incarnation);
    const { events } = await service.listEvents({ ...key, afterSeq: revision });
    expect(events).toEqual([stored, ...batch]);
    expect(found?.withEvent(stored).revision).toBe(revision + 1);

    await service.delete(key);
    const made = await service.create(key);
    expect(made.incarnation).not.toBe(found?.incarnation);
    await expect(service.appendEvent({ ...expected, event: {} })).rejects.toMatchObject({
      code: 'conflict',
      path: 'expectedIncarnation',
    });
  }
}
