import { checkInteger, describeType } from './check-value.ts';
import { HoldfastError, invalidArgument } from './holdfast-error.ts';
import { isPlainObject } from './json.ts';
import { JsonCopier } from './json-copier.ts';
import { readInput } from './read-input.ts';

/** Checks the value of one field of a config, and gives what the config will hold. */
export type ConfigField = (value: unknown, path: string) => unknown;

/**
 * The fields of a config, each with its check. `Missing` are those that have none yet: unless each
 * of them gets one, and no other name does, `check` does not compile.
 */
export class ConfigFields<out Missing extends string> {
  readonly #fields = new Map<string, ConfigField>();

  /** One check for all of `names`. */
  with<Name extends Missing>(field: ConfigField, ...names: readonly Name[]) {
    for (const name of names) this.#fields.set(name, field);
    return this as unknown as ConfigFields<Exclude<Missing, Name>>;
  }

  /**
   * The fields of `input` that are not undefined, each checked. An unknown field is
   * `invalid_argument`, and so is an input that is not an object.
   */
  check(this: ConfigFields<never>, input: unknown): Record<string, unknown> {
    return readInput(input, (given) => this.#check(given));
  }

  #check(input: unknown): Record<string, unknown> {
    if (!isPlainObject(input)) {
      const message = `the config must be a plain object, got ${describeType(input)}`;
      throw new HoldfastError('invalid_argument', { message });
    }
    const checked: Record<string, unknown> = {};
    for (const name of Object.keys(input)) {
      const field = this.#fields.get(name);
      if (field === undefined) throw invalidArgument(name, 'is not a field of this config');
      const value = input[name];
      if (value !== undefined) checked[name] = field(value, name);
    }
    return checked;
  }
}

/** Takes a value that `isValid`, as it was given. `what` is the message's word for it. */
export function fieldOf(what: string, isValid: (value: unknown) => boolean): ConfigField {
  return (value, path) => {
    if (isValid(value)) return value;
    throw invalidArgument(path, `must be ${what}, got ${describeType(value)}`);
  };
}

export const booleanField = fieldOf('true or false', (value) => typeof value === 'boolean');
export const stringField = fieldOf('a string', (value) => typeof value === 'string');
export const arrayField = fieldOf('an array', Array.isArray);
export const objectField = fieldOf(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export const stringListField: ConfigField = (value, path) => {
  if (!Array.isArray(value)) throw invalidArgument(path, 'must be an array of strings');
  return Object.freeze(Array.from(value, (item, i) => stringField(item, `${path}[${i}]`)));
};

export function integerField(min = Number.MIN_SAFE_INTEGER): ConfigField {
  return (value, path) => checkInteger(value, { path, min });
}

export function numberField(min: number, max: number): ConfigField {
  const field = fieldOf(
    `a number from ${min} to ${max}`,
    (value) => typeof value === 'number' && value >= min && value <= max,
  );
  return (value, path) => (field(value, path) as number) + 0; // -0 becomes 0
}

/** JSON of any shape, copied and frozen. */
export const jsonField: ConfigField = (value, path) => {
  const copier = new JsonCopier();
  const copied = copier.copy(value, path);
  copier.checkSize(copied);
  return copied;
};

export const jsonObjectField: ConfigField = (value, path) =>
  jsonField(objectField(value, path), path);

/** A string, or what `other` takes. */
export function stringOr(other: ConfigField): ConfigField {
  return (value, path) => (typeof value === 'string' ? value : other(value, path));
}
