import { HoldfastError } from '@holdfast/core';

/**
 * What a driver's module exports under a name, however a bundle or a test runner shows a module of
 * CommonJS. It throws if there is no such function: a bundle whose driver failed once may have a
 * module without content the next time.
 */
export function driverExport<Module extends object, Name extends string & keyof Module>(
  module: Module,
  name: Name,
): Module[Name] {
  const { default: inner } = module as { readonly default?: Module };
  for (const place of [module, inner]) {
    const found = place?.[name];
    if (typeof found === 'function') return found;
  }
  throw new TypeError(`it exports no ${name}`);
}

/**
 * What the failure to load a driver means: `unsupported` if it is not installed, `misconfigured` if
 * it is and cannot be loaded. The import itself stands where the driver is used, in a `try` of its
 * own: this makes it optional to every bundler.
 *
 * @example
 * try {
 *   return driverExport(await import('pg'), 'Pool');
 * } catch (cause) {
 *   throw driverLoadError('pg', cause);
 * }
 */
export function driverLoadError(name: string, cause: unknown): HoldfastError {
  const reason = messageOf(cause);
  if (namesMissingModule(reason, name)) {
    const message = `the driver ${name} is not installed: \`npm install ${name}\``;
    return new HoldfastError('unsupported', { message, cause });
  }
  const message = `the driver ${name} could not be loaded: ${reason}`;
  return new HoldfastError('misconfigured', { message, cause });
}

// The error may come from another realm, as in Jest, or be of a class of its own, as in Bun.
function messageOf(cause: unknown): string {
  const { message } = Object(cause) as { readonly message?: unknown };
  return typeof message === 'string' ? message : String(cause);
}

/**
 * How Node, Bun, Deno, Jest and what bundlers leave in a bundle say that a module cannot be found:
 * not each with a code, but all with its name in quotes.
 */
const MISSING = /^(?:Cannot find (?:module|package)|Could not resolve|Import) ["']([^"']+)["']/;

/** Whether the module itself, or an entry of it, cannot be found, rather than one that it needs. */
function namesMissingModule(message: string, name: string): boolean {
  const found = MISSING.exec(message)?.[1];
  return found === name || found?.startsWith(`${name}/`) === true;
}
