import { HoldfastError, invalidArgument } from './holdfast-error.ts';
import { describeType } from './identifier.ts';
import { checkInteger } from './integer.ts';
import { isPlainObject, JsonCopier } from './json-copier.ts';

/** Checks the value of one field of a config, and gives what the config will hold. */
export type ConfigField = (value: unknown, path: string) => unknown;

/** What a config has for each of its fields. */
export type ConfigFields<Config> = {
  readonly [Field in keyof Config]-?: ConfigField;
};

/**
 * The fields of `input` that are not undefined, each checked. A field that `fields`
 * does not name is `invalid_argument`, and so is an input that is not an object.
 */
export function checkConfig<Config>(
  input: unknown,
  fields: ConfigFields<Config>,
): Record<string, unknown> {
  if (!isPlainObject(input)) {
    throw new HoldfastError('invalid_argument', {
      message: `the config must be a plain object, got ${describeType(input)}`,
    });
  }
  const checked: Record<string, unknown> = {};
  for (const name of Object.keys(input)) {
    if (!Object.hasOwn(fields, name)) throw invalidArgument(name, 'is not a field of this config');
    const value = input[name];
    if (value !== undefined) checked[name] = fields[name as keyof Config](value, name);
  }
  return checked;
}

export const booleanField: ConfigField = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(path, `must be true or false, got ${describeType(value)}`);
};

export const stringField: ConfigField = (value, path) => {
  if (typeof value === 'string') return value;
  throw invalidArgument(path, `must be a string, got ${describeType(value)}`);
};

export const stringListField: ConfigField = (value, path) => {
  if (!Array.isArray(value)) throw invalidArgument(path, 'must be an array of strings');
  return Object.freeze(Array.from(value, (item, i) => stringField(item, `${path}[${i}]`)));
};

/** JSON of any shape, copied and frozen. */
export const jsonField: ConfigField = (value, path) => {
  const copier = new JsonCopier();
  const copied = copier.copy(value, path);
  copier.checkSize(copied);
  return copied;
};

/** A JSON object in the provider's own shape. */
export const jsonObjectField: ConfigField = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument(path, `must be an object, got ${describeType(value)}`);
  }
  return jsonField(value, path);
};

export const jsonArrayField: ConfigField = (value, path) => {
  if (!Array.isArray(value)) {
    throw invalidArgument(path, `must be an array, got ${describeType(value)}`);
  }
  return jsonField(value, path);
};

export function integerField(range: { readonly min: number }): ConfigField {
  return (value, path) => checkInteger(value, { path, ...range });
}

export function numberField(range: { readonly min: number; readonly max: number }): ConfigField {
  return (value, path) => {
    if (typeof value === 'number' && value >= range.min && value <= range.max) return value + 0;
    throw invalidArgument(
      path,
      `must be a number from ${range.min} to ${range.max}, got ${describeType(value)}`,
    );
  };
}
