import type { JsonValue } from '@holdfast/core';
import {
  checkChoice,
  checkIdentifier,
  checkRequest,
  invalidArgument,
  JsonCopier,
} from '@holdfast/core/internal';
import {
  copyIncrements,
  copyState,
  copyStateKeys,
  type StateChanges,
  stateNameProblem,
} from '@holdfast/state/internal';
import type { PreparedIncrementState } from './prepared-writes.ts';
import type { GetStateRequest, UpdateStateRequest } from './requests.ts';
import type { WriteOptions } from './service-options.ts';

/** A checked `getState`: whose state is meant. */
export type PreparedGetState =
  | { readonly scope: 'app'; readonly appName: string }
  | { readonly scope: 'user'; readonly appName: string; readonly userId: string };

/** A checked `updateState`. */
export interface PreparedUpdateState {
  readonly owner: PreparedGetState;
  readonly changes: StateChanges;
}

/** Checks a `getState` request. */
export function prepareGetState(request: GetStateRequest): PreparedGetState {
  checkRequest(request);
  const scope = checkScope(request.scope);
  const appName = checkIdentifier(request.appName, 'appName');
  if (scope === 'user') {
    return { scope, appName, userId: checkIdentifier(request.userId, 'userId') };
  }
  if (request.userId !== undefined) {
    throw invalidArgument('userId', "must be absent in the scope 'app'");
  }
  return { scope, appName };
}

/** Checks an `updateState` request. */
export function prepareUpdateState(
  request: UpdateStateRequest,
  { maxEventBytes }: WriteOptions,
): PreparedIncrementState {
  const owner = prepareGetState(request);
  const copier = new JsonCopier(maxEventBytes);
  const { set = {}, remove = [], increment } = request;
  const keyProblem = stateNameProblem;
  const values = copyState(copier, set, { property: 'set', keyProblem });
  const removed = copyStateKeys(copier, remove, { property: 'remove', keyProblem });
  copier.checkSize([values, removed]);
  const changes = new Map<string, JsonValue | undefined>(Object.entries(values));
  removed.forEach((name, i) => {
    if (Object.hasOwn(values, name)) throw invalidArgument(`remove[${i}]`, 'is set as well');
    changes.set(name, undefined);
  });
  const increments = new Map<string, number>();
  if (increment !== undefined) {
    const added = copyIncrements(copier, increment, { property: 'increment', keyProblem });
    for (const [name, by] of Object.entries(added)) {
      if (changes.has(name)) {
        throw invalidArgument(`increment[${JSON.stringify(name)}]`, 'is set or removed as well');
      }
      increments.set(name, by);
    }
  }
  return { owner, changes, increments };
}

function checkScope(scope: unknown): 'app' | 'user' {
  if (scope === undefined) throw invalidArgument('scope', "must be 'app' or 'user', got undefined");
  return checkChoice(scope, { path: 'scope', choices: ['app', 'user'] });
}
