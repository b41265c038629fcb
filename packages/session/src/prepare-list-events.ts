import { checkInteger, checkSessionKey, type SessionKey } from '@holdfast/core';
import { checkChoice, checkRequest } from './check-request.ts';
import { checkLimit } from './prepare-list.ts';
import type { ListEventsRequest, Order } from './requests.ts';

/** A checked `listEvents`. */
export interface PreparedListEvents {
  readonly key: SessionKey;
  /** Exclusive; 0 where the request has none. */
  readonly afterSeq: number;
  /** Exclusive; undefined: no bound. */
  readonly beforeSeq: number | undefined;
  readonly limit: number;
  readonly order: Order;
}

/** Checks a `listEvents` request. */
export function prepareListEvents(request: ListEventsRequest): PreparedListEvents {
  checkRequest(request);
  const { afterSeq, beforeSeq } = request;
  return {
    key: checkSessionKey(request),
    afterSeq: afterSeq === undefined ? 0 : checkInteger(afterSeq, { path: 'afterSeq', min: 0 }),
    beforeSeq:
      beforeSeq === undefined ? undefined : checkInteger(beforeSeq, { path: 'beforeSeq', min: 0 }),
    limit: checkLimit(request.limit),
    order: checkChoice<Order>(request.order, {
      path: 'order',
      choices: ['asc', 'desc'],
    }),
  };
}
