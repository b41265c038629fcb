import type {
  AppendOutcome,
  IncrementRefused,
  PreparedIncrement,
  PreparedIncrementState,
} from '@holdfast/session/store';
import type { ScopeState } from '@holdfast/state/internal';
import type { StoreParts } from './app-state.ts';
import {
  appendIncrements,
  type IncrementOutcome,
  lookAtAppend,
  readIncrementReply,
  readLookReply,
} from './scripts/append-increments.ts';
import type { AppPlace } from './scripts/reserved.ts';
import { incrementScope, readIncremented } from './scripts/scope-state.ts';

/** Appends events together with their increments. */
export function appendWithIncrements(
  { runner, keys, appState }: StoreParts,
  append: PreparedIncrement,
): Promise<AppendOutcome | IncrementRefused> {
  const { key, changes, increments } = append;
  const runOf = (app: AppPlace) => ({ append, keys, touch: runner.waits, app });
  return appState.change<IncrementOutcome>({
    key,
    changes,
    increments: {
      byName: increments.app,
      async refuse(name) {
        const run = runOf('elsewhere');
        const outcome = readLookReply(run, await runner.write(lookAtAppend(run)));
        return outcome ?? { type: 'unfit', scope: 'app', name };
      },
    },
    async run(app) {
      const run = runOf(app);
      return readIncrementReply(run, await runner.write(appendIncrements(run)));
    },
  });
}

/** Changes the state of an app or a user, and adds to it. */
export async function updateWithIncrements(
  { runner, keys, appState }: StoreParts,
  { owner, ...update }: PreparedIncrementState,
): Promise<ScopeState | IncrementRefused> {
  if (owner.scope === 'app') return await appState.increment(owner.appName, update);
  const call = incrementScope(keys.user(owner).user.state, update);
  const after = readIncremented(update, { reply: await runner.write(call), owner });
  return typeof after === 'string' ? { type: 'unfit', scope: 'user', name: after } : after;
}
