import type { ListSessionsRequest, ListSessionsResponse } from '@google/adk';
import { checkInteger } from '@holdfast/core/internal';
import type { SessionService, SessionSummary } from '@holdfast/session';
import { MAX_PAGE_LIMIT } from '@holdfast/session/store';
import { canExist } from './can-exist.ts';
import { sessionToAdk } from './session-to-adk.ts';

/**
 * ADK's pages by number, over a list with cursors. Without `limit`: all from `offset` on.
 * For an app or a user that cannot exist, the list is empty.
 * To reach an offset, the sessions before it are passed over, without their state.
 */
export async function listSessions(
  service: Pick<SessionService, 'list'>,
  request: ListSessionsRequest,
): Promise<ListSessionsResponse> {
  const { appName, userId, limit, order = 'desc' } = request;
  const offset = checkOffset(request);
  if (!canExist(userId === undefined ? { appName } : { appName, userId })) {
    return { sessions: [], ...countPages({ ...request, offset }, 0) };
  }
  const whose = userId === undefined ? ({ allUsers: true } as const) : { userId };
  let cursor: string | undefined;
  let total: number | undefined;
  let isLast = false;
  const read = async (count: number, includeState: boolean): Promise<readonly SessionSummary[]> => {
    const found = await service.list({
      ...whose,
      appName,
      order,
      limit: Math.min(count, MAX_PAGE_LIMIT),
      cursor,
      includeState,
      includeTotal: total === undefined,
    });
    total ??= found.total ?? 0;
    cursor = found.nextCursor;
    isLast = cursor === undefined;
    return found.sessions;
  };

  for (let left = offset; left > 0 && !isLast; ) left -= (await read(left, false)).length;
  const sessions: SessionSummary[] = [];
  const wanted = limit ?? Number.POSITIVE_INFINITY;
  while (!isLast && sessions.length < wanted) {
    sessions.push(...(await read(wanted - sessions.length, true)));
  }
  if (total === undefined) await read(1, false);
  const counts = countPages({ ...request, offset }, total ?? 0);
  return { sessions: sessions.map((session) => sessionToAdk(session)), ...counts };
}

function checkOffset({ limit, offset = 0, page }: ListSessionsRequest): number {
  if (limit !== undefined) checkInteger(limit, { path: 'limit', min: 0 });
  if (page !== undefined) checkInteger(page, { path: 'page', min: 1 });
  checkInteger(offset, { path: 'offset', min: 0 });
  // Without a limit there are no pages; ADK then leaves `page` aside, too.
  return limit === undefined || page === undefined ? offset : (page - 1) * limit;
}

/** How ADK counts. */
function countPages({ limit, offset = 0, page }: ListSessionsRequest, totalItems: number) {
  if (limit === undefined) {
    return { page: 1, limit: totalItems, totalItems, totalPages: totalItems === 0 ? 0 : 1 };
  }
  if (limit === 0) return { page: page ?? 1, limit, totalItems, totalPages: 0 };
  const totalPages = Math.ceil(totalItems / limit);
  return { page: page ?? Math.floor(offset / limit) + 1, limit, totalItems, totalPages };
}
