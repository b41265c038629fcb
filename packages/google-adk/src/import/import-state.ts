import type { GetStateRequest, SessionService } from '@holdfast/session';
import { type RowSource, readAppState, readUsers } from './read-rows.ts';

/**
 * Writes the state of the users and of the app, and answers how many users there are. It
 * comes after the events, which have brought what it was at their time.
 */
export async function importState({
  service,
  appName,
  source,
}: {
  readonly service: SessionService;
  readonly appName: string;
  readonly source: RowSource;
}): Promise<number> {
  let users = 0;
  for await (const { userId, state } of readUsers(source)) {
    await replaceState(service, { whose: { scope: 'user', appName, userId }, state });
    users++;
  }
  const whose = { scope: 'app', appName } as const;
  await replaceState(service, { whose, state: await readAppState(source) });
  return users;
}

async function replaceState(
  service: SessionService,
  {
    whose,
    state,
  }: { readonly whose: GetStateRequest; readonly state: Readonly<Record<string, unknown>> },
): Promise<void> {
  const present = await service.getState(whose);
  const remove = Object.keys(present).filter((name) => !Object.hasOwn(state, name));
  if (remove.length === 0 && Object.keys(state).length === 0) return;
  await service.updateState({ ...whose, set: state, remove });
}
