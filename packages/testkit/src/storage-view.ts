import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';

/**
 * All that the reading calls answer about some sessions of one app, as plain data. Two views are
 * equal if nothing was written between them.
 */
export async function viewOf(
  service: SessionService,
  keys: readonly SessionKey[],
): Promise<Readonly<Record<string, unknown>>> {
  const view: Record<string, unknown> = {};
  for (const key of keys) {
    const session = await service.get(key);
    view[`get ${key.sessionId}`] = session?.toJSON();
    const window = await service.get({ ...key, numRecentEvents: 2 });
    view[`get the last two of ${key.sessionId}`] = window?.toJSON();
    if (session === undefined) continue;
    view[`listEvents ${key.sessionId}`] = await service.listEvents({ ...key, order: 'desc' });
  }
  for (const userId of new Set(keys.map((key) => key.userId))) {
    const appName = keys[0]?.appName ?? '';
    const options = { includeState: true, includeTotal: true };
    const { sessions, total } = await service.list({ appName, userId, ...options });
    const summaries = sessions.map(({ state, ...rest }) => ({ ...rest, state: state?.toJSON() }));
    view[`list ${userId}`] = { summaries, total };
    view[`state of ${userId}`] = await service.getState({ scope: 'user', appName, userId });
    view['state of the app'] = await service.getState({ scope: 'app', appName });
    if (!service.capabilities.listAllUsers) continue;
    const all = await service.list({ appName, allUsers: true, includeTotal: true, order: 'asc' });
    view['list of all users'] = { ids: all.sessions.map(({ id }) => id), total: all.total };
  }
  return view;
}
