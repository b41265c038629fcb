import {
  checkChoice,
  checkFlag,
  checkIdentifier,
  checkInteger,
  checkRequest,
  invalidArgument,
} from '@holdfast/core/internal';
import { decodeListCursor, type ListPosition } from './list-cursor.ts';
import type { ListSessionRequest, Order } from './requests.ts';
import { unsupportedBy } from './session-errors.ts';

/** The longest page. */
export const MAX_PAGE_LIMIT = 1000;

/** A checked `list`. */
export interface PreparedList {
  readonly appName: string;
  /** Undefined: every user of the app. */
  readonly userId: string | undefined;
  readonly order: Order;
  readonly limit: number;
  /** The page begins behind this place, in the request's order; undefined: at the first session. */
  readonly after: ListPosition | undefined;
  readonly includeState: boolean;
  readonly includeTotal: boolean;
}

/** Checks a `list` request. */
export function prepareList(
  request: ListSessionRequest,
  capabilities: { readonly listAllUsers: boolean },
): PreparedList {
  checkRequest(request);
  const appName = checkIdentifier(request.appName, 'appName');
  const userId = checkUsers(request);
  const order = checkChoice<Order>(request.order, { path: 'order', choices: ['desc', 'asc'] });
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
  return { ...list, after: cursor === undefined ? undefined : decodeListCursor(cursor, list) };
}

/** A page's length: 1 to 1,000, 100 by default. */
export function checkLimit(limit: unknown = 100): number {
  return checkInteger(limit, { path: 'limit', min: 1, max: MAX_PAGE_LIMIT });
}

function checkUsers(request: ListSessionRequest): string | undefined {
  const { allUsers, userId } = request;
  if (allUsers === undefined) return checkIdentifier(userId, 'userId');
  if (allUsers !== true) throw invalidArgument('allUsers', 'must be true if it is given');
  if (userId !== undefined) throw invalidArgument('userId', 'must be absent if allUsers is given');
  return undefined;
}
