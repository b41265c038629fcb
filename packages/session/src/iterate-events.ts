import type { AbortSignalLike, Event } from '@holdfast/core';
import { checkInteger, checkRequest, readInput } from '@holdfast/core/internal';
import { eventMark } from './event-mark.ts';
import { checkSignal } from './life/abort-signal.ts';
import { MAX_PAGE_LIMIT } from './prepare-list.ts';
import type { ListEventsRequest } from './requests.ts';
import { sessionNotFound } from './session-errors.ts';
import type { SessionService } from './session-service.ts';

// A page of a thousand is so much to parse that it would hold the event loop for too long.
const PAGE_SIZE = 250;

export interface IterateEventsRequest extends Omit<ListEventsRequest, 'limit'> {
  /** How many events are asked for at once: 1 to 1,000. @default 250 */
  readonly pageSize?: number | undefined;
  /** Ends the walk: the iterator throws the signal's reason. */
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * Walks all events of a session within the bounds, page by page. In ascending order, events that
 * are appended meanwhile are met, too. `not_found` if there is no session, or if it is deleted
 * during the walk, even if another one is created with its id.
 *
 * @example
 * const signal = AbortSignal.timeout(10_000);
 * for await (const event of iterateEvents(service, { ...key, afterSeq: 100, signal })) {
 *   console.log(event.seq, event.author);
 * }
 */
export async function* iterateEvents(
  service: Pick<SessionService, 'listEvents'>,
  request: IterateEventsRequest,
): AsyncGenerator<Event, void, undefined> {
  const {
    pageSize = PAGE_SIZE,
    signal,
    ...rest
  } = readInput(request, (input) => {
    checkRequest(input);
    return { ...input };
  });
  checkInteger(pageSize, { path: 'pageSize', min: 1, max: MAX_PAGE_LIMIT });
  checkSignal(signal);
  let bounds: Pick<ListEventsRequest, 'afterSeq' | 'beforeSeq'> = {};
  let isContinued = false;
  let mark: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await service.listEvents({
      ...rest,
      ...bounds,
      limit: pageSize,
    });
    const [first] = page.events;
    if (first === undefined) {
      if (!isContinued) return;
      // The page before promised more: only a deletion takes that away.
      throw sessionNotFound(rest);
    }
    const found = eventMark(first);
    mark ??= found;
    if (found !== undefined && found !== mark) throw sessionNotFound(rest);
    for (const event of page.events) {
      signal?.throwIfAborted();
      yield event;
    }
    const last = page.events.at(-1);
    if (!page.hasMore || last?.seq === undefined) return;
    isContinued = true;
    bounds = rest.order === 'desc' ? { beforeSeq: last.seq } : { afterSeq: last.seq };
  }
}
