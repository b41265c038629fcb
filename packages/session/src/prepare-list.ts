import { checkIdentifier, checkInteger, invalidArgument } from '@holdfast/core';
import type { SessionCapabilities } from './capabilities.ts';
import { checkChoice, checkFlag, checkRequest } from './check-request.ts';
import { decodeListCursor, type ListPosition } from './list-cursor.ts';
import type { ListSessionRequest, Order } from './requests.ts';
import { unsupportedBy } from './session-errors.ts';

/** The longest page. */
export const MAX_PAGE_LIMIT = 1000;
/** The length of a page that names none. */
export const DEFAULT_PAGE_LIMIT = 100;

/** A checked `list`. */
export interface PreparedList {
  readonly appName: string;
  /** Undefined: every user of the app. */
  readonly userId: string | undefined;
  readonly order: Order;
  readonly limit: number;
  /** The page begins behind this place, in the request's order. */
  readonly after: ListPosition | undefined;
  readonly includeState: boolean;
  readonly includeTotal: boolean;
}

/** Checks a `list` request. */
export function prepareList(
  request: ListSessionRequest,
  capabilities: SessionCapabilities,
): PreparedList {
  checkRequest(request);
  const appName = checkIdentifier(request.appName, 'appName');
  const userId = checkUsers(request);
  const order = checkChoice<Order>(request.order, {
    path: 'order',
    choices: ['desc', 'asc'],
  });
  const list = {
    appName,
    userId,
    order,
    limit: checkLimit(request.limit),
    includeState: checkFlag(request.includeState, 'includeState'),
    includeTotal: checkFlag(request.includeTotal, 'includeTotal'),
  };
  if (userId === undefined && !capabilities.listAllUsers) {
    throw unsupportedBy('listAllUsers', 'allUsers');
  }
  const { cursor } = request;
  return {
    ...list,
    after: cursor === undefined ? undefined : decodeListCursor(cursor, list),
  };
}

/** A page's length: 1 to 1,000, 100 where it is missing. */
export function checkLimit(limit: unknown): number {
  if (limit === undefined) return DEFAULT_PAGE_LIMIT;
  return checkInteger(limit, { path: 'limit', min: 1, max: MAX_PAGE_LIMIT });
}

function checkUsers(request: ListSessionRequest): string | undefined {
  const { allUsers, userId } = request;
  if (allUsers === undefined) return checkIdentifier(userId, 'userId');
  if (allUsers !== true) throw invalidArgument('allUsers', 'must be true where it is given');
  if (userId !== undefined)
    throw invalidArgument('userId', 'must be absent where allUsers is given');
  return undefined;
}
