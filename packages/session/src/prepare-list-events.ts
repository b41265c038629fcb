import type { SessionKey } from '@holdfast/core';
import { checkChoice, checkInteger, checkSessionKey } from '@holdfast/core/internal';
import { checkLimit } from './prepare-list.ts';
import type { ListEventsRequest, Order } from './requests.ts';

/** A checked `listEvents`. */
export interface PreparedListEvents {
  readonly key: SessionKey;
  /** Exclusive; 0 if there is no bound. */
  readonly afterSeq: number;
  /** Exclusive; `Number.MAX_SAFE_INTEGER` if there is no bound. */
  readonly beforeSeq: number;
  /** How many events to give at most: one more than the page shows, to tell if there are more. */
  readonly count: number;
  readonly order: Order;
}

/** Checks a `listEvents` request. */
export function prepareListEvents(request: ListEventsRequest): PreparedListEvents {
  const key = checkSessionKey(request);
  const { afterSeq = 0, beforeSeq = Number.MAX_SAFE_INTEGER, limit, order } = request;
  return {
    key,
    afterSeq: checkInteger(afterSeq, { path: 'afterSeq', min: 0 }),
    beforeSeq: checkInteger(beforeSeq, { path: 'beforeSeq', min: 0 }),
    count: checkLimit(limit) + 1,
    order: checkChoice<Order>(order, { path: 'order', choices: ['asc', 'desc'] }),
  };
}
