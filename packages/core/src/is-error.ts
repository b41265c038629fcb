/** Whether a value is an error, of this realm or of another: Jest runs each test in one of its own. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}
