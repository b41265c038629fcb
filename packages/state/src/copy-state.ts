import type { JsonObject, JsonValue } from '@holdfast/core';
import { describeType, isPlainObject, type JsonCopier, setOwn } from '@holdfast/core/internal';

export interface CopyStateOptions {
  /** The property that holds the state, such as `stateDelta`. */
  readonly property: string;
  /** What is wrong with a key, if anything: `stateKeyProblem` or `stateNameProblem`. */
  readonly keyProblem: (key: string) => string | undefined;
}

/**
 * A frozen copy of an object of state keys and JSON values. A value that is undefined or not
 * JSON is `invalid_argument` with its path, and so is a key that is not valid.
 */
export function copyState(
  copier: JsonCopier,
  input: unknown,
  options: CopyStateOptions,
): JsonObject {
  return copier.at(options.property, () => {
    if (!isPlainObject(input)) {
      throw copier.invalid(`must be a plain object, got ${describeType(input)}`);
    }
    const copied: Record<string, JsonValue> = {};
    for (const key of Object.keys(input)) {
      const problem = options.keyProblem(key);
      if (problem !== undefined) {
        throw copier.invalid(`is not a valid state key: it ${problem}`, { key });
      }
      setOwn(copied, key, copier.copy(copier.read(input, key, { key }), { key }));
    }
    return Object.freeze(copied);
  });
}

/** A frozen copy of a list of state keys, each checked. */
export function copyStateKeys(
  copier: JsonCopier,
  input: unknown,
  options: CopyStateOptions,
): readonly string[] {
  const list = copier.copy(input, options.property);
  if (!Array.isArray(list)) {
    throw copier.invalid(`must be an array, got ${describeType(input)}`, options.property);
  }
  return copier.at(options.property, () => {
    list.forEach((key: JsonValue, i: number) => {
      const problem = options.keyProblem(key as string);
      if (problem !== undefined) throw copier.invalid(`is not a valid state key: it ${problem}`, i);
    });
    return list as readonly string[];
  });
}

/** A frozen copy of an object of state keys and safe integers. */
export function copyIncrements(
  copier: JsonCopier,
  input: unknown,
  options: CopyStateOptions,
): Readonly<Record<string, number>> {
  const copied = copyState(copier, input, options);
  for (const [key, value] of Object.entries(copied)) {
    if (Number.isSafeInteger(value)) continue;
    const shown = typeof value === 'number' ? String(value) : describeType(value);
    throw copier.at(options.property, () =>
      copier.invalid(`must be a safe integer, got ${shown}`, { key }),
    );
  }
  return copied as Readonly<Record<string, number>>;
}
