import assert from 'node:assert/strict';

/** Fails if `value`, or anything in it, could be changed. `name` says what it is. */
export function expectFrozen(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null) return;
  assert.ok(Object.isFrozen(value), `${name} must be frozen`);
  for (const [key, inner] of Object.entries(value)) expectFrozen(inner, `${name}.${key}`);
}
