import {
  type Event,
  isHoldfastError,
  iterateEvents,
  type Session,
  type SessionKey,
} from '@holdfast/session';
import type { CompactService } from './compact.ts';

/** After so many conflicts with other writers, the summary is appended first, and checked then. */
const CAREFUL_ATTEMPTS = 4;

/** Why a summary was not appended. */
type Obsolete = 'superseded' | 'changed';

export interface WriteSummaryRequest {
  /** As it was when the summary was begun. */
  readonly session: Session;
  readonly event: Parameters<CompactService['appendEvent']>[0]['event'];
  readonly turn: string | undefined;
}

/**
 * Appends a summary, unless what was appended since it was begun makes it obsolete: another summary,
 * or a marker that takes events back. Writers who never pause cannot keep it out.
 */
export async function writeSummary(
  service: CompactService,
  { session, event, turn }: WriteSummaryRequest,
): Promise<Event | Obsolete> {
  const { key, incarnation: expectedIncarnation } = session;
  const append = { ...key, event, expectedIncarnation, turn };
  let seen = session.revision;
  for (let attempt = 0; attempt < CAREFUL_ATTEMPTS; attempt++) {
    try {
      return await service.appendEvent({ ...append, expectedRevision: seen });
    } catch (error) {
      if (!isOvertaken(error)) throw error;
    }
    const news = await newsOf(service, { key, afterSeq: seen });
    if (news.obsolete !== undefined) return news.obsolete;
    seen = news.seen;
  }
  const stored = await service.appendEvent(append);
  let news: News;
  try {
    news = await newsOf(service, { key, afterSeq: seen, beforeSeq: stored.seq });
  } catch (error) {
    // It may be wrong. If the store cannot be reached, nor can it be taken back.
    await takeBack(service, { session, stored }).catch(() => {});
    throw error;
  }
  if (news.obsolete === undefined) return stored;
  await takeBack(service, { session, stored });
  return news.obsolete;
}

/** Takes a summary out of the active events. Writers who never pause cannot keep it in. */
async function takeBack(
  service: CompactService,
  { session, stored }: { readonly session: Session; readonly stored: Event },
): Promise<void> {
  const { key, incarnation: expectedIncarnation } = session;
  const retract = { eventIds: [stored.id] };
  const same = { ...key, expectedIncarnation };
  try {
    await service.retract({ ...same, ...retract, expectedRevision: stored.seq });
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    // The same marker, without a look at what is active then: all is loaded until the next summary.
    await service.appendEvent({ ...same, event: { author: 'user', actions: { retract } } });
  }
}

function isOvertaken(error: unknown): boolean {
  return isHoldfastError(error, 'conflict') && error.path === 'expectedRevision';
}

interface News {
  /** The last `seq` that was seen. */
  readonly seen: number;
  readonly obsolete?: Obsolete;
}

async function newsOf(
  service: CompactService,
  bounds: {
    readonly key: SessionKey;
    readonly afterSeq: number;
    readonly beforeSeq?: number | undefined;
  },
): Promise<News> {
  const { key, ...rest } = bounds;
  let seen = bounds.afterSeq;
  for await (const { actions, seq, erased } of iterateEvents(service, { ...key, ...rest })) {
    seen = seq as number;
    if (actions.rewind !== undefined || actions.retract !== undefined || erased === true) {
      return { seen, obsolete: 'changed' };
    }
    if (actions.compaction !== undefined) return { seen, obsolete: 'superseded' };
  }
  return { seen };
}
