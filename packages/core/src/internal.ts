export {
  checkChoice,
  checkFlag,
  checkInteger,
  checkPlainObject,
  checkString,
  checkTimeout,
  checkTimestamp,
  describeType,
  type IntegerRange,
  isTimestamp,
} from './check-value.ts';
export { invalidArgument } from './holdfast-error.ts';
export {
  checkIdentifier,
  checkRequest,
  checkSessionKey,
  compareIdentifiers,
  identifierProblem,
  utf8ByteLength,
} from './identifier.ts';
export { isError } from './is-error.ts';
export { deepFreeze, isPlainObject, jsonEqual, setOwn } from './json.ts';
export {
  formatJsonPath,
  JsonCopier,
  type JsonPathStep,
  MAX_JSON_BYTES,
  MAX_JSON_DEPTH,
} from './json-copier.ts';
export { parseJson } from './parse-json.ts';
export { processWide } from './process-wide.ts';
export { copyOptions, readInput } from './read-input.ts';
export { describeSessionKey } from './session-key.ts';
