import type { Values } from './model-session.ts';
import type { NamedEvent } from './named-events.ts';

type Actions = Pick<NamedEvent['actions'], 'stateDelta' | 'stateIncrements'> & {
  readonly removedStateKeys?: readonly string[];
};

/** Values after the actions of an event. An increment that does not fit leaves nothing. */
export function after(values: Values, actions: Actions): Values {
  const { stateDelta, removedStateKeys = [], stateIncrements = {} } = actions;
  const changed: Record<string, unknown> = { ...values, ...stateDelta };
  for (const key of removedStateKeys) delete changed[key];
  for (const [key, by] of Object.entries(stateIncrements)) {
    const { [key]: before = 0 } = changed;
    if (Number.isSafeInteger(before)) changed[key] = (before as number) + by;
    else delete changed[key];
  }
  return only(changed, (key) => !key.startsWith('temp:'));
}

export function only(values: Values, isMeant: (key: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => isMeant(key)));
}

/**
 * Whether all increments of a batch find a number to add to, given the values before the batch, or
 * only those that the batch itself makes.
 */
export function takesIncrements(batch: readonly Actions[], before?: Values): boolean {
  // Of a key that only increments have touched, the value before the batch decides, at its end.
  const made: Record<string, unknown> = {};
  const added = new Set<string>();
  for (const actions of batch) {
    const { stateDelta, removedStateKeys = [], stateIncrements = {} } = actions;
    for (const [key, value] of Object.entries(stateDelta)) {
      made[key] = value;
      added.delete(key);
    }
    for (const key of removedStateKeys) {
      made[key] = 0;
      added.delete(key);
    }
    for (const key of Object.keys(stateIncrements)) {
      if (!(key in made)) added.add(key);
      else if (!Number.isSafeInteger(made[key])) return false;
    }
  }
  return before === undefined || [...added].every((key) => isFit(before[key]));
}

function isFit(value: unknown): boolean {
  return value === undefined || Number.isSafeInteger(value);
}
