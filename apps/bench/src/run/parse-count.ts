/** A number of 1 or more, undefined if nothing is said; an `Error` that names the option. */
export function parseCount(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} must be 1 or more`);
  return value;
}
