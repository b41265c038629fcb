/**
 * What there is one of in a process, however many copies of a package are loaded: as modules and as
 * CommonJS, or in a bundle and beside it. The first copy makes it, and others may be older or newer,
 * so what stands under a `name` must never change. In a browser, there is one for each page or
 * worker.
 */
export function processWide<Value extends object>(name: string, make: () => Value): Value {
  const key = Symbol.for(`holdfast.${name}`);
  const shared = globalThis as { [name: symbol]: unknown };
  // Not enumerable: nobody who lists the globals is to see it.
  if (shared[key] === undefined) Object.defineProperty(shared, key, { value: make() });
  return shared[key] as Value;
}
