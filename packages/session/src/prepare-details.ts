import {
  checkIdentifier,
  checkInteger,
  checkPlainObject,
  checkSessionKey,
  checkTimestamp,
  describeType,
  identifierProblem,
  invalidArgument,
  setOwn,
  utf8ByteLength,
} from '@holdfast/core/internal';
import type { PreparedUpdateSession } from './prepared-life.ts';
import type { NewSessionOptions, UpdateSessionRequest } from './requests.ts';
import type { WriteOptions } from './service-options.ts';
import {
  changeLabels,
  type Expires,
  freezeDetails,
  type Labels,
  NO_DETAILS,
  type SessionDetails,
} from './session-details.ts';

const MAX_LABELS = 32;
const MAX_LABEL_BYTES = 255;

/** Checks what a new session begins with. `parent` is what holds it in the request, such as `session.`. */
export function prepareDetails(
  { labels, expires }: NewSessionOptions,
  parent: '' | 'session.' = '',
): SessionDetails {
  if (labels === undefined && (expires === undefined || expires === null)) return NO_DETAILS;
  const path = `${parent}labels`;
  const checked = labels === undefined ? {} : checkLabels(labels, path);
  checkLabelCount(checked, path);
  const checkedExpires = checkExpires(expires, `${parent}expires`) ?? undefined;
  if (checkedExpires === undefined && Object.keys(checked).length === 0) return NO_DETAILS;
  return freezeDetails({ labels: checked, expires: checkedExpires });
}

/** Checks an `updateSession` request. */
export function prepareUpdateSession(
  request: UpdateSessionRequest,
  { now }: Pick<WriteOptions, 'now'>,
): PreparedUpdateSession {
  const key = checkSessionKey(request);
  const { labels, expires } = request;
  const { set = {}, remove = [] } = labels === undefined ? {} : checkChanges(labels);
  const checkedExpires = checkExpires(expires, 'expires');
  return {
    key,
    now: now(),
    change(details) {
      const changed = changeLabels(details.labels, { set, remove });
      checkLabelCount(changed, 'labels.set');
      return freezeDetails({
        ...details,
        labels: changed,
        expires: checkedExpires === undefined ? details.expires : (checkedExpires ?? undefined),
      });
    },
  };
}

function checkChanges(changes: NonNullable<UpdateSessionRequest['labels']>) {
  checkPlainObject(changes, 'labels');
  const { set = {}, remove = [], ...others } = changes;
  checkNoOthers(others, 'labels');
  const labels = checkLabels(set, 'labels.set');
  if (!Array.isArray(remove)) {
    throw invalidArgument('labels.remove', `must be an array, got ${describeType(remove)}`);
  }
  const names = Array.from(remove as readonly unknown[], (name, i) => {
    const path = `labels.remove[${i}]`;
    const checked = checkIdentifier(name, path);
    if (Object.hasOwn(labels, checked)) throw invalidArgument(path, 'is set as well');
    return checked;
  });
  return { set: labels, remove: names };
}

/** A copy of labels; `invalid_argument` with the path of one that cannot be. */
export function checkLabels(labels: unknown, path: string): Labels {
  checkPlainObject(labels, path);
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels as object)) {
    const at = `${path}[${JSON.stringify(name)}]`;
    const problem = identifierProblem(name);
    if (problem !== undefined) throw invalidArgument(at, `is not a valid label: it ${problem}`);
    if (typeof value !== 'string') {
      throw invalidArgument(at, `must be a string, got ${describeType(value)}`);
    }
    if (/\p{Cs}/u.test(value)) throw invalidArgument(at, 'must be well-formed Unicode');
    if (utf8ByteLength(value) > MAX_LABEL_BYTES) {
      throw invalidArgument(at, `must be at most ${MAX_LABEL_BYTES} bytes of UTF-8`);
    }
    setOwn(checked, name, value);
  }
  return checked;
}

/** Undefined and null are left as they are. */
function checkExpires(expires: unknown, path: string): Expires | null | undefined {
  if (expires === undefined || expires === null) return expires;
  checkPlainObject(expires, path);
  const { at, afterIdle, ...others } = expires as Record<string, unknown>;
  checkNoOthers(others, path);
  if (at !== undefined) {
    if (afterIdle !== undefined) {
      throw invalidArgument(`${path}.afterIdle`, `must be absent if ${path}.at is given`);
    }
    return { at: checkTimestamp(at, `${path}.at`) };
  }
  if (afterIdle === undefined) throw invalidArgument(path, "must have 'at' or 'afterIdle'");
  return {
    afterIdle: checkInteger(afterIdle, { path: `${path}.afterIdle`, min: 1, max: MAX_IDLE_MS }),
  };
}

/** Refuses fields that are not known: they were meant for something. */
function checkNoOthers(others: object, path: string): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalidArgument(`${path}.${unknown}`, 'is not known');
}

// Added to a time, it still is one.
const MAX_IDLE_MS = 2 ** 50;

function checkLabelCount(labels: Labels, path: string): void {
  const count = Object.keys(labels).length;
  if (count <= MAX_LABELS) return;
  throw invalidArgument(path, `makes ${count} labels: a session has at most ${MAX_LABELS}`);
}
