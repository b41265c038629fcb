import type { SessionService, SessionSummary } from '@holdfast/session';

/** All conversations of a user with their state, the newest first, page by page. */
export async function listConversations(
  service: Pick<SessionService, 'list'>,
  user: { readonly appName: string; readonly userId: string },
): Promise<readonly SessionSummary[]> {
  const summaries: SessionSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await service.list({ ...user, includeState: true, cursor });
    summaries.push(...page.sessions);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return summaries;
}
