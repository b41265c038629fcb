import {
  checkChoice,
  checkFlag,
  checkIdentifier,
  checkInteger,
  checkRequest,
  invalidArgument,
} from '@holdfast/core/internal';
import { decodeListCursor, type ListPosition } from './list-cursor.ts';
import { checkLabels } from './prepare-details.ts';
import type { ListSessionRequest, Order } from './requests.ts';
import type { Labels } from './session-details.ts';
import { unsupportedBy } from './session-errors.ts';
import type { SessionCapabilities } from './session-service.ts';

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
  /** Only sessions that have all of these; undefined: all sessions. At least one, in any order. */
  readonly labels: Labels | undefined;
  /** Epoch ms: sessions that have expired by then are not there. */
  readonly now: number;
}

/** Checks a `list` request. */
export function prepareList(
  request: ListSessionRequest,
  {
    capabilities,
    now,
  }: {
    readonly capabilities: Pick<SessionCapabilities, 'listAllUsers' | 'updateSession'>;
    readonly now: () => number;
  },
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
    labels: checkListLabels(request),
    now: now(),
  };
  if (list.labels !== undefined && !capabilities.updateSession) {
    throw unsupportedBy('updateSession', 'labels');
  }
  if (userId === undefined && !capabilities.listAllUsers) {
    throw unsupportedBy('listAllUsers', 'allUsers');
  }
  const { cursor } = request;
  return { ...list, after: cursor === undefined ? undefined : decodeListCursor(cursor, list) };
}

function checkListLabels({ labels, allUsers }: ListSessionRequest): Labels | undefined {
  if (labels === undefined) return undefined;
  if (allUsers === true) throw invalidArgument('labels', 'must be absent if allUsers is given');
  const checked = checkLabels(labels, 'labels');
  return Object.keys(checked).length === 0 ? undefined : checked;
}

/** A page's length: 1 to 1,000, 100 by default. */
export function checkLimit(limit: unknown = 100): number {
  return checkInteger(limit, { path: 'limit', min: 1, max: MAX_PAGE_LIMIT });
}

/** Whose sessions are meant; undefined: those of every user. */
export function checkUsers(
  request: Pick<ListSessionRequest, 'allUsers' | 'userId'>,
): string | undefined {
  const { allUsers, userId } = request;
  if (allUsers === undefined) {
    if (userId === undefined) throw invalidArgument('userId', 'must be given if allUsers is not');
    return checkIdentifier(userId, 'userId');
  }
  if (allUsers !== true) throw invalidArgument('allUsers', 'must be true if it is given');
  if (userId !== undefined) throw invalidArgument('userId', 'must be absent if allUsers is given');
  return undefined;
}
