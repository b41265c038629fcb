import type { ListSessionsRequest, ListSessionsResponse } from '@google/adk';
import { checkInteger } from '@holdfast/core';
import { MAX_PAGE_LIMIT, type SessionService, type SessionSummary } from '@holdfast/session';
import { summaryToAdk } from './session-to-adk.ts';

/**
 * ADK's pages by number, over a list with cursors. Without `limit`: all from `offset` on.
 * To reach an offset, the sessions before it are passed over, without their state.
 */
export async function listSessions(
  service: Pick<SessionService, 'list'>,
  request: ListSessionsRequest,
): Promise<ListSessionsResponse> {
  const { limit, offset, page } = checkPaging(request);
  const { appName, userId, order = 'desc' } = request;
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
  return { sessions: sessions.map(summaryToAdk), ...numbers({ limit, offset, page }, total ?? 0) };
}

interface Paging {
  readonly limit: number | undefined;
  readonly offset: number;
  readonly page: number | undefined;
}

function checkPaging({ limit, offset = 0, page }: ListSessionsRequest): Paging {
  if (limit !== undefined) checkInteger(limit, { path: 'limit', min: 0 });
  if (page !== undefined) checkInteger(page, { path: 'page', min: 1 });
  checkInteger(offset, { path: 'offset', min: 0 });
  // Without a limit there are no pages; ADK then leaves `page` aside, too.
  if (limit === undefined || page === undefined) return { limit, offset, page: undefined };
  return { limit, offset: (page - 1) * limit, page };
}

/** How ADK counts. */
function numbers({ limit, offset, page }: Paging, totalItems: number) {
  if (limit === undefined) {
    return { page: 1, limit: totalItems, totalItems, totalPages: totalItems === 0 ? 0 : 1 };
  }
  return {
    page: page ?? (limit === 0 ? 1 : Math.floor(offset / limit) + 1),
    limit,
    totalItems,
    totalPages: limit === 0 ? 0 : Math.ceil(totalItems / limit),
  };
}
