import { checkPlainObject } from './check-value.ts';
import { HoldfastError, invalidArgument, isHoldfastError } from './holdfast-error.ts';
import { isPlainObject } from './json.ts';

/**
 * What `read` makes of an input, such as a request or a config. What the getters of the input or
 * the traps of a proxy throw becomes the cause of an `invalid_argument` at the field that was read.
 *
 * `read` may be called a second time to find out which field that was.
 */
export function readInput<Input, T>(input: Input, read: (input: Input) => T): T {
  try {
    return read(input);
  } catch (cause) {
    if (isHoldfastError(cause)) throw cause;
    throw unreadable(findField(input, read), cause);
  }
}

/**
 * A shallow copy of the options of a constructor, so that each is read once. `invalid_argument` if
 * they are not a plain object, or if one of them cannot be read.
 */
export function copyOptions<Options extends object>(options: Options): Options {
  return readInput(options, (given) => {
    checkPlainObject(given, 'options');
    return { ...(given as Options) };
  });
}

function unreadable(field: string | undefined, cause: unknown): HoldfastError {
  if (field !== undefined) return invalidArgument(field, 'could not be read', cause);
  const message = 'the input could not be read';
  return new HoldfastError('invalid_argument', { message, cause });
}

/**
 * The field that `read` asks for, or for a part of, before it fails; undefined if it does not fail
 * again.
 */
function findField<Input>(input: Input, read: (input: Input) => unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  let last: string | undefined;
  const watched = new Proxy(input, {
    get(target, field) {
      if (typeof field === 'string') last = field;
      const value: unknown = Reflect.get(target, field);
      const note = () => {
        last = String(field);
      };
      return isFixed(target, field) ? value : watchParts(value, note);
    },
  });
  try {
    read(watched);
    return undefined;
  } catch {
    return last;
  }
}

/** `value`, which calls `note` whenever something of it is asked for. */
function watchParts(value: unknown, note: () => void): unknown {
  if (!hasParts(value)) return value;
  return new Proxy(value, {
    get(target, field) {
      note();
      const part: unknown = Reflect.get(target, field);
      return isFixed(target, field) ? part : watchParts(part, note);
    },
    ownKeys(target) {
      note();
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor(target, field) {
      note();
      return Reflect.getOwnPropertyDescriptor(target, field);
    },
    getPrototypeOf(target) {
      note();
      return Reflect.getPrototypeOf(target);
    },
  });
}

/** Whether it is a plain object or an array, or an object of which that cannot be asked. */
function hasParts(value: unknown): value is object {
  try {
    return Array.isArray(value) || isPlainObject(value);
  } catch {
    return true;
  }
}

/** Whether a proxy may not give anything else. */
function isFixed(target: object, field: string | symbol): boolean {
  const { configurable, writable } = Reflect.getOwnPropertyDescriptor(target, field) ?? {};
  return configurable === false && writable === false;
}
