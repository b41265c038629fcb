import type { SessionKey, SessionService } from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import { at, type Owner, read, upTo } from './scenario.ts';

/** Sessions of one user, some of which have expired. */
export async function newSessions(
  { service, newKey, newId }: CaseContext,
  { expired, kept, owner }: { readonly expired: number; readonly kept: number; owner?: Owner },
) {
  const { appName, userId } = owner ?? newKey();
  const keyOf = () => ({ appName, userId, sessionId: newId('session') });
  const [gone, there] = [upTo(expired).map(keyOf), upTo(kept).map(keyOf)];
  await Promise.all([
    ...gone.map((key) => service.create({ ...key, expires: { at: 1 } })),
    ...there.map((key) => service.create({ ...key, expires: { at: at(1) } })),
  ]);
  return { appName, userId, gone, there };
}

/** Fails unless all of them are there. */
export async function expectThere(
  service: SessionService,
  keys: readonly SessionKey[],
): Promise<void> {
  for (const key of keys) await read(service, key);
}
