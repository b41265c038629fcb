import assert from 'node:assert/strict';
import type { Content, SessionKey } from '@holdfast/core';
import type { Session, SessionService } from '@holdfast/session';
import { expectSameEvents, turnOf } from './past-session.ts';
import { newSession, read, seqsOf, upTo } from './scenario.ts';

/** A summary of all events through a `seq`, as an event. */
export function summaryOf(throughSeq: number, fromSeq = 1) {
  const compactedContent: Content = { role: 'model', parts: [{ text: `up to ${throughSeq}` }] };
  return { author: 'agent', actions: { compaction: { fromSeq, throughSeq, compactedContent } } };
}

/** A session with so many events. */
export async function newConversation(
  context: Parameters<typeof newSession>[0],
  count: number,
): Promise<SessionKey> {
  const key = await newSession(context);
  await context.service.appendEvents({ ...key, events: upTo(count).map(turnOf) });
  return key;
}

/** A session with a summary of three of its events, a later one of seven, and an event behind it. */
export async function newTwiceSummarized(
  context: Parameters<typeof newSession>[0],
): Promise<SessionKey> {
  const { service } = context;
  const key = await newConversation(context, 5);
  await service.appendEvent({ ...key, event: summaryOf(3) });
  await appendTurns(service, { key, numbers: [7, 8] });
  await service.appendEvent({ ...key, event: summaryOf(7) });
  await appendTurns(service, { key, numbers: [10] });
  return key;
}

/** Appends an event for each number. */
export async function appendTurns(service: SessionService, { key, numbers }: Turns): Promise<void> {
  for (const n of numbers) await service.appendEvent({ ...key, event: turnOf(n) });
}

interface Turns {
  readonly key: SessionKey;
  readonly numbers: readonly number[];
}

/** Fails unless the active part begins with this `seq`, and is the end of the whole. */
export async function expectActiveFrom(
  service: SessionService,
  { key, first }: { readonly key: SessionKey; readonly first: number },
): Promise<Session> {
  const whole = await read(service, key);
  const active = await service.get({ ...key, active: true });
  assert.ok(active !== undefined);
  assert.deepEqual(seqsOf(active.events)[0], first <= whole.revision ? first : undefined);
  expectSameEvents(active.events, whole.events.slice(first - 1));
  assert.deepEqual([active.activeFrom, whole.activeFrom], [first, first]);
  assert.deepEqual(
    [active.revision, active.state.toJSON()],
    [whole.revision, whole.state.toJSON()],
  );
  return active;
}
