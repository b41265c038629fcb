import { checkTimestamp } from '@holdfast/core/internal';
import { activeEvents, summaryOf } from '@holdfast/history';
import type { Event, Session, SessionKey, SessionService } from '@holdfast/session';

export interface ReadActiveRequest {
  readonly key: SessionKey;
  /** How many of the last active events; undefined: all. */
  readonly numRecentEvents?: number | undefined;
  /** Only active events of this time (epoch ms) and later; undefined: of any time. */
  readonly afterTimestamp?: number | undefined;
}

/** A session, and those of its active events that were asked for. */
export interface ActiveSession {
  readonly session: Session;
  readonly events: readonly Event[];
  /** `events` has all active ones from this `seq` on; 0 if it has all. */
  readonly from: number;
}

/**
 * Reads a session with its active events; undefined if there is none. Both bounds are those of the
 * active events, and intersect: a marker does not count, and a summary is one event, with the time at
 * which it was appended. No more is read than that needs.
 */
export async function readActive(
  service: Pick<SessionService, 'get'>,
  request: ReadActiveRequest,
): Promise<ActiveSession | undefined> {
  const { key, numRecentEvents, afterTimestamp } = request;
  if (afterTimestamp !== undefined) checkTimestamp(afterTimestamp, 'afterTimestamp');
  if (numRecentEvents !== undefined) {
    const recent = await readRecent(service, { key, count: numRecentEvents });
    return recent && bounded(recent.session, since(recent.events, afterTimestamp));
  }
  if (afterTimestamp !== undefined) return readSince(service, { key, afterTimestamp });
  const session = await service.get({ ...key, active: true });
  return session && { session, events: activeEvents(session.events), from: 0 };
}

/** If some of the last events do not count, there are fewer active ones than asked for: reads more. */
async function readRecent(
  service: Pick<SessionService, 'get'>,
  { key, count }: { readonly key: SessionKey; readonly count: number },
): Promise<Pick<ActiveSession, 'session' | 'events'> | undefined> {
  for (let asked = count; ; asked = Math.max(4 * asked, 64)) {
    const session = await service.get({ ...key, numRecentEvents: asked, active: true });
    if (session === undefined) return undefined;
    const isAll = session.events.length < asked;
    const active = activeEvents(session.events);
    const last = isAll ? active : behindGap(active, session.events[0]?.seq ?? 0);
    if (isAll || last.length >= count) {
      return { session, events: count === 0 ? [] : last.slice(-count) };
    }
  }
}

/** Without summaries of what lies further back: what was not loaded may come between. */
function behindGap(active: readonly Event[], firstLoaded: number): readonly Event[] {
  const isFarBack = (event: Event) =>
    (summaryOf(event)?.throughSeq ?? firstLoaded) < firstLoaded - 1;
  return active.slice(active.findLastIndex(isFarBack) + 1);
}

/** A marker behind the events may have an earlier time than they have: then reads all of that part. */
async function readSince(
  service: Pick<SessionService, 'get'>,
  { key, afterTimestamp }: { readonly key: SessionKey; readonly afterTimestamp: number },
): Promise<ActiveSession | undefined> {
  const session = await service.get({ ...key, afterTimestamp, active: true });
  if (session === undefined) return undefined;
  const count = session.revision + 1 - (session.events[0]?.seq ?? session.revision + 1);
  if (session.events.length === count) {
    return bounded(session, since(activeEvents(session.events), afterTimestamp));
  }
  const part = await service.get({ ...key, numRecentEvents: count, active: true });
  const isSame = part?.revision === session.revision && part.incarnation === session.incarnation;
  const whole = isSame ? part : await service.get({ ...key, active: true });
  return whole && bounded(whole, since(activeEvents(whole.events), afterTimestamp));
}

function since(events: readonly Event[], time: number | undefined): readonly Event[] {
  return time === undefined ? events : events.filter(({ timestamp }) => timestamp >= time);
}

function bounded(session: Session, events: readonly Event[]): ActiveSession {
  const [first] = events;
  const from = first === undefined ? undefined : (summaryOf(first)?.fromSeq ?? first.seq);
  return { session, events, from: from ?? session.revision + 1 };
}
