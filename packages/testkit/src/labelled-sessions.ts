import assert from 'node:assert/strict';
import type { Labels, SessionService } from '@holdfast/session';
import { idsOf, type Owner } from './scenario.ts';

/** Sessions of one user, by their ids, with the labels of each. */
export async function newLabelled(
  service: SessionService,
  {
    owner,
    sessions,
  }: { readonly owner: Owner; readonly sessions: Readonly<Record<string, Labels>> },
): Promise<void> {
  for (const [sessionId, labels] of Object.entries(sessions)) {
    await service.create({ ...owner, sessionId, labels });
  }
}

/** The ids of the sessions that have labels, in their order. */
export async function idsLabelled(
  service: SessionService,
  { owner, labels }: { readonly owner: Owner; readonly labels: Labels },
): Promise<string[]> {
  const { appName, userId } = owner;
  const page = await service.list({ appName, userId, labels, includeTotal: true });
  const ids = idsOf(page.sessions).sort();
  assert.equal(page.total, ids.length);
  return ids;
}
