import { describeType, HoldfastError, invalidArgument } from '@holdfast/core';

/** Refuses a request that is no object: fields could not be read from it. */
export function checkRequest(request: unknown): void {
  if (typeof request === 'object' && request !== null) return;
  throw new HoldfastError('invalid_argument', {
    message: `the request must be an object, got ${describeType(request)}`,
  });
}

/** A flag of a request; false where it is missing. */
export function checkFlag(value: unknown, path: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw invalidArgument(path, `must be true or false, got ${describeType(value)}`);
}

/** One of `choices`; the first where it is missing. */
export function checkChoice<T extends string>(
  value: unknown,
  { path, choices }: { readonly path: string; readonly choices: readonly [T, ...T[]] },
): T {
  if (value === undefined) return choices[0];
  if (choices.includes(value as T)) return value as T;
  const list = choices.map((choice) => `'${choice}'`).join(' or ');
  const got = typeof value === 'string' ? JSON.stringify(value) : describeType(value);
  throw invalidArgument(path, `must be ${list}, got ${got}`);
}
