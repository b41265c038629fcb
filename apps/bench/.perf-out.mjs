var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res) => function __init() {
  return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// ../../packages/core/src/holdfast-error.ts
function isHoldfastError(error) {
  return typeof error === "object" && error !== null && Object.hasOwn(error, brand);
}
function invalidArgument(path, problem, cause) {
  return new HoldfastError("invalid_argument", {
    message: `${path} ${problem}`,
    path,
    cause
  });
}
var brand, HoldfastError;
var init_holdfast_error = __esm({
  "../../packages/core/src/holdfast-error.ts"() {
    "use strict";
    brand = /* @__PURE__ */ Symbol.for("holdfast.error");
    HoldfastError = class extends Error {
      name = "HoldfastError";
      code;
      /** Whether the same call may succeed later: true for `unavailable` alone. */
      retryable;
      constructor(code, details) {
        super(details.message, details.cause === void 0 ? void 0 : { cause: details.cause });
        this.code = code;
        this.retryable = code === "unavailable";
        if (details.path !== void 0) this.path = details.path;
        if (details.key !== void 0) this.key = details.key;
        Object.defineProperty(this, brand, { value: true });
      }
    };
  }
});

// ../../packages/core/src/identifier.ts
function checkIdentifier(value, path) {
  const problem = identifierProblem(value);
  if (problem !== void 0) throw invalidArgument(path, problem);
  return value;
}
function identifierProblem(value) {
  if (typeof value !== "string") return `must be a string, got ${describeType(value)}`;
  if (isPlain(value)) return void 0;
  if (value === "") return "must not be empty";
  if (value.length > MAX_IDENTIFIER_BYTES || utf8ByteLength(value) > MAX_IDENTIFIER_BYTES) {
    return `must be at most ${MAX_IDENTIFIER_BYTES} bytes as UTF-8`;
  }
  if (controlOrLoneSurrogate.test(value)) {
    return "must be well-formed Unicode without control characters";
  }
  if (value !== value.trim()) return "must not begin or end with white space";
  return void 0;
}
function isPlain(text) {
  const end = text.length - 1;
  if (end < 0 || end >= MAX_IDENTIFIER_BYTES) return false;
  for (let i = 0; i <= end; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 32 && unit < 127) continue;
    if (unit !== 32 || i === 0 || i === end) return false;
  }
  return true;
}
function utf8ByteLength(text) {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 128) continue;
    if (unit < 2048) bytes += 1;
    else if (isPair(text, i)) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}
function isPair(text, at) {
  const high = text.charCodeAt(at);
  if (high < 55296 || high > 56319 || at + 1 >= text.length) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 56320 && low <= 57343;
}
function compareIdentifiers(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}
function utf8Rank(unit) {
  if (unit < 55296) return unit;
  return unit < 57344 ? unit + 8192 : unit - 2048;
}
function describeType(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "object":
      return "an object";
    case "number":
      return String(value);
    case "boolean":
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}
var MAX_IDENTIFIER_BYTES, controlOrLoneSurrogate;
var init_identifier = __esm({
  "../../packages/core/src/identifier.ts"() {
    "use strict";
    init_holdfast_error();
    MAX_IDENTIFIER_BYTES = 255;
    controlOrLoneSurrogate = /[\p{Cc}\p{Cs}]/u;
  }
});

// ../../packages/core/src/check-session-key.ts
function checkSessionKey(request) {
  return Object.freeze({
    appName: checkIdentifier(request.appName, "appName"),
    userId: checkIdentifier(request.userId, "userId"),
    sessionId: checkIdentifier(request.sessionId, "sessionId")
  });
}
var init_check_session_key = __esm({
  "../../packages/core/src/check-session-key.ts"() {
    "use strict";
    init_identifier();
  }
});

// ../../packages/core/src/json.ts
function setOwn(target, key3, value) {
  if (key3 === "__proto__") {
    Object.defineProperty(target, key3, {
      value,
      writable: true,
      enumerable: true,
      configurable: true
    });
  } else {
    target[key3] = value;
  }
}
var init_json = __esm({
  "../../packages/core/src/json.ts"() {
    "use strict";
  }
});

// ../../packages/core/src/json-path.ts
function formatJsonPath(steps) {
  let path = "";
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else if (typeof step === "object") path += `[${JSON.stringify(step.key)}]`;
    else if (!identifierLike.test(step)) path += `[${JSON.stringify(step)}]`;
    else path += path === "" ? step : `.${step}`;
  }
  return path;
}
var identifierLike;
var init_json_path = __esm({
  "../../packages/core/src/json-path.ts"() {
    "use strict";
    identifierLike = /^[A-Za-z_$][\w$]*$/;
  }
});

// ../../packages/core/src/json-copier.ts
function isPlainObject(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}
function describeInstance(object) {
  const prototype = Object.getPrototypeOf(object);
  const maker = prototype && Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const name = maker?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "a class instance";
}
var MAX_JSON_DEPTH, MAX_JSON_BYTES, MAX_BYTES_PER_UNIT, MAX_BYTES_PER_SCALAR, MAX_BYTES_AROUND, JsonCopier;
var init_json_copier = __esm({
  "../../packages/core/src/json-copier.ts"() {
    "use strict";
    init_holdfast_error();
    init_identifier();
    init_json();
    init_json_path();
    MAX_JSON_DEPTH = 256;
    MAX_JSON_BYTES = 8 * 1024 * 1024;
    MAX_BYTES_PER_UNIT = 6;
    MAX_BYTES_PER_SCALAR = 25;
    MAX_BYTES_AROUND = 1024;
    JsonCopier = class {
      #maxBytes;
      #path = [];
      // Between these two lies the size of what was copied. Exact counting is left for
      // the rare input that comes near the limit.
      #fewestBytes = 0;
      #mostBytes = MAX_BYTES_AROUND;
      constructor(maxBytes = MAX_JSON_BYTES) {
        this.#maxBytes = maxBytes;
      }
      /** Runs `inside` one step further down the path. */
      at(step, inside) {
        this.#path.push(step);
        const result = inside();
        this.#path.pop();
        return result;
      }
      /** A frozen copy of `value`; `step` is where it stands. */
      copy(value, step) {
        if (typeof step !== "number") {
          const units = typeof step === "string" ? step.length : step.key.length;
          this.#mostBytes += units * MAX_BYTES_PER_UNIT + 4;
        }
        return this.#copyValue(value, step, 1);
      }
      /** The present path, or that of `step` below it. */
      pathTo(step) {
        return formatJsonPath(step === void 0 ? this.#path : [...this.#path, step]);
      }
      /** The error for what stands at the present path, or `step` below it. */
      invalid(problem, step, cause) {
        return invalidArgument(this.pathTo(step), problem, cause);
      }
      /** Refuses `copied`, the whole of what was copied, where it is larger than `maxBytes` as JSON. */
      checkSize(copied) {
        if (this.#mostBytes <= this.#maxBytes) return;
        if (utf8ByteLength(JSON.stringify(copied)) > this.#maxBytes) throw this.#tooLarge();
      }
      #copyValue(value, step, depth) {
        switch (typeof value) {
          case "string":
            this.#count(value.length);
            return value;
          case "number":
            if (!Number.isFinite(value)) {
              throw this.invalid(`must be a finite number, got ${value}`, step);
            }
            this.#countScalar();
            return value === 0 ? 0 : value;
          case "boolean":
            this.#countScalar();
            return value;
          case "object":
            break;
          default:
            throw this.invalid(`must be JSON, got ${describeType(value)}`, step);
        }
        this.#countScalar();
        if (value === null) return null;
        if (depth > MAX_JSON_DEPTH) {
          throw this.invalid(`nests more than ${MAX_JSON_DEPTH} levels, or refers to itself`, step);
        }
        this.#path.push(step);
        const copied = Array.isArray(value) ? this.#copyArray(value, depth) : this.#copyObject(value, depth);
        this.#path.pop();
        return copied;
      }
      #copyArray(array, depth) {
        if (!Array.isArray(Object.getPrototypeOf(array))) {
          throw this.invalid("must be a plain array, got an instance of a class");
        }
        const copied = [];
        for (let i = 0; i < array.length; i++) {
          const item = this.read(array, i);
          if (item === void 0) {
            throw this.invalid(i in array ? "must not be undefined" : "must not be a hole", i);
          }
          copied.push(this.#copyValue(item, i, depth + 1));
        }
        if (Object.keys(array).length !== copied.length) {
          throw this.invalid("must be an array without other properties");
        }
        return Object.freeze(copied);
      }
      #copyObject(object, depth) {
        if (!isPlainObject(object)) throw this.invalid(`must be JSON, got ${describeInstance(object)}`);
        const copied = {};
        for (const key3 of Object.keys(object)) {
          const value = this.read(object, key3);
          if (value === void 0) continue;
          this.#count(key3.length);
          setOwn(copied, key3, this.#copyValue(value, key3, depth + 1));
        }
        return Object.freeze(copied);
      }
      /** The value of a property; what a getter throws becomes the cause of an `invalid_argument`. */
      read(object, key3) {
        try {
          return object[key3];
        } catch (cause) {
          throw this.invalid("could not be read", key3, cause);
        }
      }
      #count(units) {
        this.#fewestBytes += units + 2;
        this.#mostBytes += units * MAX_BYTES_PER_UNIT + 4;
        if (this.#fewestBytes > this.#maxBytes) throw this.#tooLarge();
      }
      #countScalar() {
        this.#fewestBytes += 1;
        this.#mostBytes += MAX_BYTES_PER_SCALAR;
        if (this.#fewestBytes > this.#maxBytes) throw this.#tooLarge();
      }
      #tooLarge() {
        const path = this.pathTo();
        const where = path === "" ? "" : `, counted up to ${path}`;
        return new HoldfastError("too_large", {
          message: `the input is larger than ${this.#maxBytes} bytes as JSON${where}`,
          path
        });
      }
    };
  }
});

// ../../packages/core/src/integer.ts
function checkInteger(value, range) {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(value) && value >= range.min && value <= max) {
    return value + 0;
  }
  const bounds = range.max === void 0 ? `of at least ${range.min}` : `from ${range.min} to ${max}`;
  const got = typeof value === "string" ? JSON.stringify(value) : describeType(value);
  throw invalidArgument(range.path, `must be an integer ${bounds}, got ${got}`);
}
function isTimestamp(value) {
  return Number.isSafeInteger(value) && value >= 0 && value <= MAX_TIMESTAMP;
}
function checkTimestamp(value, path) {
  return checkInteger(value, { path, min: 0, max: MAX_TIMESTAMP });
}
var MAX_TIMESTAMP;
var init_integer = __esm({
  "../../packages/core/src/integer.ts"() {
    "use strict";
    init_holdfast_error();
    init_identifier();
    MAX_TIMESTAMP = 864e13;
  }
});

// ../../packages/core/src/uuid-v7.ts
function createUuidV7(time = Date.now()) {
  checkInteger(time, { path: "time", min: 0, max: MAX_UUID_TIME });
  if (used + ID_RANDOM_BYTES > POOL_BYTES) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let random = "";
  for (let i = 0; i < ID_RANDOM_BYTES; i++) {
    let byte = pool[used++];
    if (i === 0) byte = 112 | byte & 15;
    if (i === 2) byte = 128 | byte & 63;
    random += hex[byte];
  }
  const clock = time.toString(16).padStart(12, "0");
  return `${clock.slice(0, 8)}-${clock.slice(8, 12)}-${random.slice(0, 4)}-${random.slice(4, 8)}-${random.slice(8)}`;
}
var MAX_UUID_TIME, POOL_BYTES, ID_RANDOM_BYTES, pool, used, hex;
var init_uuid_v7 = __esm({
  "../../packages/core/src/uuid-v7.ts"() {
    "use strict";
    init_integer();
    MAX_UUID_TIME = 2 ** 48 - 1;
    POOL_BYTES = 1024;
    ID_RANDOM_BYTES = 10;
    pool = new Uint8Array(POOL_BYTES);
    used = POOL_BYTES;
    hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
  }
});

// ../../packages/core/src/json-equal.ts
function jsonEqual(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => jsonEqual(item, b[index]));
  }
  const left = a;
  const right = b;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key3) => Object.hasOwn(right, key3) && jsonEqual(left[key3], right[key3])
  );
}
var init_json_equal = __esm({
  "../../packages/core/src/json-equal.ts"() {
    "use strict";
  }
});

// ../../packages/core/src/session-key.ts
function describeSessionKey(key3) {
  return `session ${JSON.stringify(key3.sessionId)} of user ${JSON.stringify(key3.userId)} in app ${JSON.stringify(key3.appName)}`;
}
var init_session_key = __esm({
  "../../packages/core/src/session-key.ts"() {
    "use strict";
  }
});

// ../../packages/core/src/index.ts
var init_src = __esm({
  "../../packages/core/src/index.ts"() {
    "use strict";
    init_check_session_key();
    init_holdfast_error();
    init_identifier();
    init_integer();
    init_json();
    init_json_copier();
    init_json_equal();
    init_session_key();
    init_uuid_v7();
  }
});

// ../../packages/sql/src/absorb-errors.ts
function absorbErrors(source) {
  const count = counts.get(source) ?? 0;
  if (count === 0) source.on("error", ignore);
  counts.set(source, count + 1);
  return () => {
    const left = (counts.get(source) ?? 1) - 1;
    counts.set(source, left);
    if (left === 0) source.off("error", ignore);
  };
}
function ignore() {
}
var counts;
var init_absorb_errors = __esm({
  "../../packages/sql/src/absorb-errors.ts"() {
    "use strict";
    counts = /* @__PURE__ */ new WeakMap();
  }
});

// ../../packages/sql/src/borrow-in-time.ts
function borrowInTime(loan) {
  return new Promise((resolve, reject) => {
    let isTooLate = false;
    const timer = setTimeout(() => {
      isTooLate = true;
      reject(
        new HoldfastError("unavailable", {
          message: `no connection to the database became free within ${loan.timeout} ms`
        })
      );
    }, loan.timeout);
    Promise.resolve().then(() => loan.borrow()).then(
      (connection) => {
        clearTimeout(timer);
        if (isTooLate) loan.giveBack(connection);
        else resolve(connection);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      }
    );
  });
}
var init_borrow_in_time = __esm({
  "../../packages/sql/src/borrow-in-time.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/sql/src/check-options.ts
function checkOptions(options) {
  if (isPlainObject(options)) return;
  throw invalidArgument("options", `must be a plain object, got ${describeType(options)}`);
}
function checkFlag(path, value) {
  if (typeof value !== "boolean") throw invalidArgument(path, "must be true or false");
}
function checkTimeout(value, { path, min }) {
  return checkInteger(value, { path, min, max: MAX_TIMEOUT_MS });
}
var MAX_TIMEOUT_MS;
var init_check_options = __esm({
  "../../packages/sql/src/check-options.ts"() {
    "use strict";
    init_src();
    MAX_TIMEOUT_MS = 2 ** 31 - 1;
  }
});

// ../../packages/sql/src/sql-template.ts
function sql(strings, ...parts) {
  const written = strings.map((each) => each.replaceAll(/\s+/g, " "));
  const text = [written[0]?.trimStart() ?? ""];
  const values = [];
  parts.forEach((part, i) => {
    if (typeof part === "string") {
      text.push(part);
    } else if (typeof part === "function") {
      text.push("?");
      values.push((input, into) => into.push(part(input)));
    } else {
      text.push(part.text);
      values.push((input, into) => into.push(...part.values(input)));
    }
    const next = written[i + 1] ?? "";
    text.push(i === parts.length - 1 ? next.trimEnd() : next);
  });
  return {
    text: text.join(""),
    values(input) {
      const into = [];
      for (const add of values) add(input, into);
      return into;
    }
  };
}
function bind(template, input) {
  return { text: template.text, values: template.values(input) };
}
var init_sql_template = __esm({
  "../../packages/sql/src/sql-template.ts"() {
    "use strict";
  }
});

// ../../packages/sql/src/compare-rows.ts
var compareAsRow;
var init_compare_rows = __esm({
  "../../packages/sql/src/compare-rows.ts"() {
    "use strict";
    init_sql_template();
    compareAsRow = ({ operator, columns }) => {
      const names = columns.map(({ name }) => name).join(", ");
      const values = columns.map(({ value }) => sql`${value}`).reduce((list, value) => sql`${list}, ${value}`);
      return sql`(${names}) ${operator} (${values})`;
    };
  }
});

// ../../packages/sql/src/insert-head.ts
function insertHead({ table, columns }) {
  return `INSERT INTO ${table} (${columns.map(({ name }) => name).join(", ")})`;
}
function replacedColumns({ columns, replaceBy = [] }) {
  return columns.map(({ name }) => name).filter((name) => !replaceBy.includes(name));
}
function onConflict(insert) {
  if (insert.replaceBy === void 0) return "";
  const sets = replacedColumns(insert).map((name) => `${name} = excluded.${name}`);
  return ` ON CONFLICT (${insert.replaceBy.join(", ")}) DO UPDATE SET ${sets.join(", ")}`;
}
var init_insert_head = __esm({
  "../../packages/sql/src/insert-head.ts"() {
    "use strict";
  }
});

// ../../packages/sql/src/pool-options.ts
function checkAcquireTimeout(options) {
  const { acquireTimeout = DEFAULT_ACQUIRE_TIMEOUT_MS } = options;
  return checkTimeout(acquireTimeout, { path: "acquireTimeout", min: 1 });
}
function checkMaxConnections(options) {
  const { maxConnections = DEFAULT_MAX_CONNECTIONS } = options;
  return checkInteger(maxConnections, { path: "maxConnections", min: 1 });
}
var DEFAULT_ACQUIRE_TIMEOUT_MS, DEFAULT_MAX_CONNECTIONS;
var init_pool_options = __esm({
  "../../packages/sql/src/pool-options.ts"() {
    "use strict";
    init_src();
    init_check_options();
    DEFAULT_ACQUIRE_TIMEOUT_MS = 1e4;
    DEFAULT_MAX_CONNECTIONS = 10;
  }
});

// ../../packages/sql/src/retry-contention.ts
async function retryContention(attempt, isContention2) {
  const deadline = performance.now() + TIME_FOR_RETRIES_MS;
  for (let i = 1; ; i++) {
    try {
      return await attempt();
    } catch (error) {
      const isLast = i === MAX_ATTEMPTS || performance.now() >= deadline;
      if (isLast || !isContention2(error)) throw error;
    }
    const pause = Math.random() * Math.min(2 ** i, LONGEST_PAUSE_MS);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
var MAX_ATTEMPTS, LONGEST_PAUSE_MS, TIME_FOR_RETRIES_MS;
var init_retry_contention = __esm({
  "../../packages/sql/src/retry-contention.ts"() {
    "use strict";
    MAX_ATTEMPTS = 10;
    LONGEST_PAUSE_MS = 100;
    TIME_FOR_RETRIES_MS = 1e4;
  }
});

// ../../packages/session/src/session-errors.ts
function sessionNotFound(key3) {
  return new HoldfastError("not_found", {
    message: `${describeSessionKey(key3)} is not there`,
    key: key3
  });
}
function sessionExists(key3) {
  return new HoldfastError("already_exists", {
    message: `${describeSessionKey(key3)} exists already`,
    key: key3,
    path: "sessionId"
  });
}
function revisionConflict(key3, revisions) {
  return new HoldfastError("conflict", {
    message: `${describeSessionKey(key3)} is at revision ${revisions.found}, not ${revisions.expected}`,
    key: key3,
    path: "expectedRevision"
  });
}
function serviceClosed() {
  return new HoldfastError("closed", {
    message: "the session service is closed"
  });
}
function unsupportedBy(capability, path) {
  return new HoldfastError("unsupported", {
    message: `${path} needs the capability ${capability}, which this service has not`,
    path
  });
}
var init_session_errors = __esm({
  "../../packages/session/src/session-errors.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/session/src/call-gate.ts
var CallGate;
var init_call_gate = __esm({
  "../../packages/session/src/call-gate.ts"() {
    "use strict";
    init_session_errors();
    CallGate = class {
      #running = 0;
      #closing;
      #idle;
      /** Runs a call. What it throws at once is a rejection, too. */
      async run(call) {
        if (this.#closing !== void 0) throw serviceClosed();
        this.#running++;
        try {
          return await call();
        } finally {
          this.#running--;
          if (this.#running === 0) this.#idle?.();
        }
      }
      /** Waits for the calls that run, then for `release`; the second time for the same. */
      close(release) {
        this.#closing ??= this.#whenIdle().then(release);
        return this.#closing;
      }
      async #whenIdle() {
        if (this.#running === 0) return;
        await new Promise((resolve) => {
          this.#idle = resolve;
        });
      }
    };
  }
});

// ../../packages/session/src/check-request.ts
function checkRequest(request) {
  if (typeof request === "object" && request !== null) return;
  throw new HoldfastError("invalid_argument", {
    message: `the request must be an object, got ${describeType(request)}`
  });
}
function checkFlag2(value, path) {
  if (value === void 0 || typeof value === "boolean") return value === true;
  throw invalidArgument(path, `must be true or false, got ${describeType(value)}`);
}
function checkChoice(value, { path, choices }) {
  if (value === void 0) return choices[0];
  if (choices.includes(value)) return value;
  const list = choices.map((choice) => `'${choice}'`).join(" or ");
  const got = typeof value === "string" ? JSON.stringify(value) : describeType(value);
  throw invalidArgument(path, `must be ${list}, got ${got}`);
}
var init_check_request = __esm({
  "../../packages/session/src/check-request.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/session/src/list-cursor.ts
function encodeListCursor(list, position) {
  const { lastUpdateTime, userId, sessionId } = position;
  return toBase64Url(
    JSON.stringify([VERSION, ...identityOf(list), lastUpdateTime, userId, sessionId])
  );
}
function decodeListCursor(cursor, list) {
  const fields = parseCursor(cursor);
  const [version, order, appName, listedUser, lastUpdateTime, userId, sessionId] = fields ?? [];
  const isCursor = fields?.length === 7 && version === VERSION && Number.isSafeInteger(lastUpdateTime) && identifierProblem(userId) === void 0 && identifierProblem(sessionId) === void 0;
  if (!isCursor) throw invalidArgument("cursor", "must be the nextCursor of a page before");
  const [ownOrder, ownApp, ownUser] = identityOf(list);
  if (order !== ownOrder || appName !== ownApp || listedUser !== ownUser) {
    throw invalidArgument("cursor", "belongs to another request");
  }
  return {
    lastUpdateTime,
    userId,
    sessionId
  };
}
function identityOf(list) {
  return [list.order, list.appName, list.userId ?? null];
}
function parseCursor(cursor) {
  if (typeof cursor !== "string") return void 0;
  try {
    const fields = JSON.parse(fromBase64Url(cursor));
    return Array.isArray(fields) ? fields : void 0;
  } catch {
    return void 0;
  }
}
function toBase64Url(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
function fromBase64Url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
var VERSION;
var init_list_cursor = __esm({
  "../../packages/session/src/list-cursor.ts"() {
    "use strict";
    init_src();
    VERSION = 1;
  }
});

// ../../packages/session/src/prepare-list.ts
function prepareList(request, capabilities) {
  checkRequest(request);
  const appName = checkIdentifier(request.appName, "appName");
  const userId = checkUsers(request);
  const order = checkChoice(request.order, {
    path: "order",
    choices: ["desc", "asc"]
  });
  const list = {
    appName,
    userId,
    order,
    limit: checkLimit(request.limit),
    includeState: checkFlag2(request.includeState, "includeState"),
    includeTotal: checkFlag2(request.includeTotal, "includeTotal")
  };
  if (userId === void 0 && !capabilities.listAllUsers) {
    throw unsupportedBy("listAllUsers", "allUsers");
  }
  const { cursor } = request;
  return {
    ...list,
    after: cursor === void 0 ? void 0 : decodeListCursor(cursor, list)
  };
}
function checkLimit(limit) {
  if (limit === void 0) return DEFAULT_PAGE_LIMIT;
  return checkInteger(limit, { path: "limit", min: 1, max: MAX_PAGE_LIMIT });
}
function checkUsers(request) {
  const { allUsers, userId } = request;
  if (allUsers === void 0) return checkIdentifier(userId, "userId");
  if (allUsers !== true) throw invalidArgument("allUsers", "must be true where it is given");
  if (userId !== void 0)
    throw invalidArgument("userId", "must be absent where allUsers is given");
  return void 0;
}
var MAX_PAGE_LIMIT, DEFAULT_PAGE_LIMIT;
var init_prepare_list = __esm({
  "../../packages/session/src/prepare-list.ts"() {
    "use strict";
    init_src();
    init_check_request();
    init_list_cursor();
    init_session_errors();
    MAX_PAGE_LIMIT = 1e3;
    DEFAULT_PAGE_LIMIT = 100;
  }
});

// ../../packages/state/src/copy-state.ts
function copyState(copier, input, options) {
  if (!isPlainObject(input)) {
    throw copier.invalid(`must be a plain object, got ${describeType(input)}`, options.property);
  }
  return copier.at(options.property, () => {
    const copied = {};
    for (const key3 of Object.keys(input)) {
      const problem = options.keyProblem(key3);
      if (problem !== void 0) throw copier.invalid(`is no state key: it ${problem}`, { key: key3 });
      setOwn(copied, key3, copier.copy(copier.read(input, key3), { key: key3 }));
    }
    return Object.freeze(copied);
  });
}
function copyStateKeys(copier, input, options) {
  const list = copier.copy(input, options.property);
  if (!Array.isArray(list)) {
    throw copier.invalid(`must be an array, got ${describeType(input)}`, options.property);
  }
  return copier.at(options.property, () => {
    list.forEach((key3, i) => {
      const problem = options.keyProblem(key3);
      if (problem !== void 0) throw copier.invalid(`is no state key: it ${problem}`, i);
    });
    return list;
  });
}
var init_copy_state = __esm({
  "../../packages/state/src/copy-state.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/state/src/state-key.ts
function splitStateKey(key3) {
  if (key3.startsWith("user:")) return { scope: "user", name: key3.slice(5) };
  if (key3.startsWith("app:")) return { scope: "app", name: key3.slice(4) };
  if (key3.startsWith("temp:")) return { scope: "temp", name: key3.slice(5) };
  return { scope: "session", name: key3 };
}
function joinStateKey({ scope, name }) {
  return scope === "session" ? name : STATE_PREFIXES[scope] + name;
}
function isTempKey(key3) {
  return key3.startsWith(STATE_PREFIXES.temp);
}
function stateKeyProblem(key3) {
  return stateNameProblem(typeof key3 === "string" ? splitStateKey(key3).name : key3);
}
function stateNameProblem(name) {
  if (name === "") return "must have a name, not a scope prefix alone";
  if (name === "user:" || name === "app:" || name === "temp:") {
    return "must have a name, not a scope prefix alone";
  }
  return identifierProblem(name);
}
var STATE_PREFIXES;
var init_state_key = __esm({
  "../../packages/state/src/state-key.ts"() {
    "use strict";
    init_src();
    STATE_PREFIXES = Object.freeze({
      user: "user:",
      app: "app:",
      temp: "temp:"
    });
  }
});

// ../../packages/state/src/state-layers.ts
function addLayer(below, delta) {
  const top = new Map(Object.entries(delta.stateDelta));
  for (const key3 of delta.removedStateKeys ?? []) top.set(key3, void 0);
  let changes = top;
  let rest = below;
  while (rest !== void 0 && rest.changes.size <= changes.size * 2) {
    changes = new Map([...rest.changes, ...changes]);
    rest = rest.below;
  }
  return { changes, below: rest };
}
function layerOf(key3, layers) {
  let layer = layers;
  while (layer !== void 0 && !layer.changes.has(key3)) layer = layer.below;
  return layer;
}
function flattenLayers(layers) {
  const stack = [];
  for (let layer = layers; layer !== void 0; layer = layer.below) stack.push(layer);
  return new Map(stack.reverse().flatMap(({ changes }) => [...changes]));
}
var init_state_layers = __esm({
  "../../packages/state/src/state-layers.ts"() {
    "use strict";
  }
});

// ../../packages/state/src/state-record.ts
function stateRecord(entries) {
  const record = {};
  for (const [key3, value] of entries) setOwn(record, key3, value);
  return Object.freeze(record);
}
var init_state_record = __esm({
  "../../packages/state/src/state-record.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/state/src/state.ts
function checkStateKey(key3) {
  const problem = stateKeyProblem(key3);
  if (problem === void 0) return;
  const path = typeof key3 === "string" ? `state[${JSON.stringify(key3)}]` : "state key";
  throw invalidArgument(path, `is no state key: it ${problem}`);
}
var inspect, emptyLayer, nothing, scopes, State;
var init_state = __esm({
  "../../packages/state/src/state.ts"() {
    "use strict";
    init_src();
    init_copy_state();
    init_state_key();
    init_state_layers();
    init_state_record();
    inspect = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");
    emptyLayer = /* @__PURE__ */ new Map();
    nothing = {
      session: emptyLayer,
      user: emptyLayer,
      app: emptyLayer
    };
    scopes = ["session", "user", "app"];
    State = class _State {
      // Three layers, the upper ones first: what was changed here, what events have brought
      // since the snapshot, and the snapshot, which is shared and never changed.
      // In the two upper ones, undefined stands for a removal.
      #working = /* @__PURE__ */ new Map();
      #untaken = /* @__PURE__ */ new Set();
      #arrived;
      #stored = nothing;
      // Counted when first asked for, and kept right from then on.
      #size;
      /** A state of its own, with `initial` as what is already stored. */
      constructor(initial) {
        if (initial === void 0) return;
        const copied = copyState(new JsonCopier(), initial, {
          property: "state",
          keyProblem: stateKeyProblem
        });
        this.#arrived = addLayer(void 0, { stateDelta: copied });
      }
      /** A working copy over what a store holds. The maps must never change. */
      static fromStored(stored) {
        const state = new _State();
        state.#stored = stored;
        return state;
      }
      get(key3) {
        if (typeof key3 !== "string") return void 0;
        return this.#working.has(key3) ? this.#working.get(key3) : this.#below(key3);
      }
      has(key3) {
        return this.get(key3) !== void 0;
      }
      /**
       * Sets a key to a copy of `value`. `invalid_argument` where `key` is no state key or
       * `value` no JSON, with a path such as `state["cart"][2].price`.
       */
      set(key3, value) {
        checkStateKey(key3);
        const copier = new JsonCopier();
        const copied = copier.at("state", () => copier.copy(value, { key: key3 }));
        copier.checkSize(copied);
        this.#change(key3, copied);
        return this;
      }
      /** Removes a key. False where there was none. */
      delete(key3) {
        if (!this.has(key3)) return false;
        this.#change(key3, void 0);
        return true;
      }
      get size() {
        this.#size ??= this.#countKeys();
        return this.#size;
      }
      *entries() {
        const upper = this.#upperLayers();
        for (const scope of scopes) {
          for (const [name, stored] of this.#stored[scope]) {
            const key3 = joinStateKey({ scope, name });
            const value = upper.has(key3) ? upper.get(key3) : stored;
            upper.delete(key3);
            if (value !== void 0) yield [key3, value];
          }
        }
        for (const [key3, value] of upper) if (value !== void 0) yield [key3, value];
      }
      *keys() {
        for (const [key3] of this.entries()) yield key3;
      }
      [Symbol.iterator]() {
        return this.entries();
      }
      /** Whether something was changed since the last `takeDelta`. */
      hasDelta() {
        return this.#untaken.size > 0;
      }
      /**
       * What was changed since the last call, `temp:` keys included; then there is no delta
       * any more, and the changes stay readable here.
       */
      takeDelta() {
        const set = [];
        const removed = [];
        for (const key3 of this.#untaken) {
          const value = this.#working.get(key3);
          if (value === void 0) removed.push(key3);
          else set.push([key3, value]);
        }
        this.#untaken.clear();
        return Object.freeze({
          stateDelta: stateRecord(set),
          removedStateKeys: Object.freeze(removed)
        });
      }
      /**
       * The state after an event: its changes are in, `temp:` keys and changes not yet taken
       * stay as they are here. This state is left as it is.
       */
      withDelta(delta) {
        const next = _State.fromStored(this.#stored);
        next.#arrived = addLayer(this.#arrived, delta);
        for (const [key3, value] of this.#working) {
          const untaken = this.#untaken.has(key3);
          if (!untaken && !isTempKey(key3)) continue;
          next.#working.set(key3, value);
          if (untaken) next.#untaken.add(key3);
        }
        return next;
      }
      /** The whole state as a frozen plain object. */
      toJSON() {
        return stateRecord(this.entries());
      }
      [inspect]() {
        return this.toJSON();
      }
      #below(key3) {
        const layer = layerOf(key3, this.#arrived);
        if (layer !== void 0) return layer.changes.get(key3);
        const { scope, name } = splitStateKey(key3);
        return scope === "temp" ? void 0 : this.#stored[scope].get(name);
      }
      #upperLayers() {
        const upper = flattenLayers(this.#arrived);
        for (const [key3, value] of this.#working) upper.set(key3, value);
        return upper;
      }
      #countKeys() {
        let size = scopes.reduce((sum, scope) => sum + this.#stored[scope].size, 0);
        for (const [key3, value] of this.#upperLayers()) {
          const { scope, name } = splitStateKey(key3);
          const isStored = scope !== "temp" && this.#stored[scope].has(name);
          size += Number(value !== void 0) - Number(isStored);
        }
        return size;
      }
      #change(key3, value) {
        if (this.#size !== void 0) this.#size += Number(value !== void 0) - Number(this.has(key3));
        this.#working.set(key3, value);
        this.#untaken.add(key3);
      }
    };
  }
});

// ../../packages/state/src/state-changes.ts
function scopeChanges(delta) {
  return foldDeltas([delta]);
}
function foldDeltas(deltas) {
  let folded;
  const change = (key3, value) => {
    const { scope, name } = splitStateKey(key3);
    if (scope === "temp") return;
    folded ??= { session: void 0, user: void 0, app: void 0 };
    folded[scope] ??= /* @__PURE__ */ new Map();
    folded[scope].set(name, value);
  };
  for (const { stateDelta, removedStateKeys } of deltas) {
    for (const key3 of Object.keys(stateDelta)) change(key3, stateDelta[key3]);
    if (removedStateKeys !== void 0) for (const key3 of removedStateKeys) change(key3, void 0);
  }
  if (folded === void 0) return NO_CHANGES;
  const { session = none, user = none, app = none } = folded;
  return { session, user, app };
}
var none, NO_CHANGES;
var init_state_changes = __esm({
  "../../packages/state/src/state-changes.ts"() {
    "use strict";
    init_state_key();
    none = /* @__PURE__ */ new Map();
    NO_CHANGES = Object.freeze({
      session: none,
      user: none,
      app: none
    });
  }
});

// ../../packages/state/src/index.ts
var init_src2 = __esm({
  "../../packages/state/src/index.ts"() {
    "use strict";
    init_copy_state();
    init_state();
    init_state_changes();
    init_state_key();
    init_state_record();
  }
});

// ../../packages/session/src/copy-actions.ts
function copyActions(copier, input) {
  if (!isPlainObject(input)) {
    throw copier.invalid(`must be a plain object, got ${describeType(input)}`, "actions");
  }
  return copier.at("actions", () => {
    const actions = {};
    for (const field of Object.keys(input)) {
      const value = copier.read(input, field);
      if (value === void 0) continue;
      setOwn(actions, field, copyAction(copier, value, field));
    }
    checkDisjoint(copier, actions);
    actions["stateDelta"] ??= emptyActions["stateDelta"];
    return Object.freeze(actions);
  });
}
function copyAction(copier, value, property) {
  const options = { property, keyProblem: stateKeyProblem };
  switch (property) {
    case "stateDelta":
      return copyState(copier, value, options);
    case "removedStateKeys":
      return copyStateKeys(copier, value, options);
    default:
      return copier.copy(value, property);
  }
}
function checkDisjoint(copier, actions) {
  const { stateDelta, removedStateKeys } = actions;
  if (stateDelta === void 0) return;
  removedStateKeys?.forEach((key3, i) => {
    if (!Object.hasOwn(stateDelta, key3)) return;
    throw copier.at("removedStateKeys", () => copier.invalid("is set by stateDelta as well", i));
  });
}
function withoutTempKeys(actions) {
  const { stateDelta, removedStateKeys } = actions;
  const set = Object.keys(stateDelta).some(isTempKey);
  const removed = removedStateKeys?.some(isTempKey) === true;
  if (!set && !removed) return actions;
  const kept = Object.entries(stateDelta).filter(([key3]) => !isTempKey(key3));
  return Object.freeze({
    ...actions,
    stateDelta: stateRecord(kept),
    ...removedStateKeys !== void 0 && {
      removedStateKeys: Object.freeze(removedStateKeys.filter((key3) => !isTempKey(key3)))
    }
  });
}
var emptyActions;
var init_copy_actions = __esm({
  "../../packages/session/src/copy-actions.ts"() {
    "use strict";
    init_src();
    init_src2();
    emptyActions = Object.freeze({
      stateDelta: Object.freeze({}),
      artifactDelta: Object.freeze({})
    });
  }
});

// ../../packages/session/src/prepare-event.ts
function checkWriteLimits(options) {
  const { maxEventBytes = MAX_JSON_BYTES } = options;
  const range = { path: "maxEventBytes", min: 1, max: MAX_JSON_BYTES };
  return Object.freeze({ maxEventBytes: checkInteger(maxEventBytes, range) });
}
function idPathOf({ index }) {
  return index === void 0 ? "id" : `events[${index}].id`;
}
function prepareEvent(input, options) {
  const { copier, now, index } = options;
  if (!isPlainObject(input)) {
    const step = copier.pathTo() === "" ? "event" : void 0;
    throw copier.invalid(`must be a plain object, got ${describeType(input)}`, step);
  }
  const event = copyFields(copier, input);
  const timestampGiven = event["timestamp"] !== void 0;
  if (event["id"] === void 0) event["id"] = createUuidV7();
  if (event["invocationId"] === void 0) event["invocationId"] = "";
  if (!timestampGiven) event["timestamp"] = now();
  if (event["actions"] === void 0) event["actions"] = emptyActions;
  checkFields(copier, event);
  copier.checkSize(event);
  if (event["partial"] !== true) event["actions"] = withoutTempKeys(event["actions"]);
  return { event: Object.freeze(event), timestampGiven, index };
}
function copyFields(copier, input) {
  const event = {};
  for (const field of Object.keys(input)) {
    if (field === "seq") continue;
    const value = copier.read(input, field);
    if (value === void 0) continue;
    const isActions = field === "actions";
    setOwn(event, field, isActions ? copyActions(copier, value) : copier.copy(value, field));
  }
  return event;
}
function checkFields(copier, event) {
  const { id: id2, timestamp, invocationId, author, content, partial } = event;
  const problem = identifierProblem(id2);
  if (problem !== void 0) throw copier.invalid(problem, "id");
  if (!isTimestamp(timestamp)) checkTimestamp(timestamp, copier.pathTo("timestamp"));
  if (typeof invocationId !== "string") throw mustBeString("invocationId", invocationId);
  if (author !== void 0 && typeof author !== "string") throw mustBeString("author", author);
  if (partial !== void 0 && typeof partial !== "boolean") {
    throw copier.invalid(`must be true or false, got ${describeType(partial)}`, "partial");
  }
  if (content !== void 0 && !isPlainObject(content)) {
    throw copier.invalid(`must be an object, got ${describeType(content)}`, "content");
  }
  function mustBeString(field, value) {
    return copier.invalid(`must be a string, got ${describeType(value)}`, field);
  }
}
var init_prepare_event = __esm({
  "../../packages/session/src/prepare-event.ts"() {
    "use strict";
    init_src();
    init_copy_actions();
  }
});

// ../../packages/session/src/match-stored.ts
function matchStored(append, stored) {
  const found = append.events.map(({ event }) => stored(event.id));
  if (found.every((event) => event === void 0)) return void 0;
  const isMissing = found.includes(void 0);
  append.events.forEach((prepared, i) => {
    const event = found[i];
    if (event === void 0) return;
    const isSame = sameContent(event, prepared);
    if (isSame && !isMissing) return;
    const problem = isSame ? "but not all of its batch" : "with other content";
    throw eventExists(append, { path: idPathOf(prepared), id: event.id, problem });
  });
  return found;
}
function sameContent(stored, prepared) {
  return jsonEqual(
    comparable(stored, prepared.timestampGiven),
    comparable(prepared.event, prepared.timestampGiven)
  );
}
function comparable(event, withTimestamp) {
  const { seq: _, timestamp, actions, ...rest } = event;
  return {
    ...rest,
    timestamp: withTimestamp ? timestamp : 0,
    actions: {
      artifactDelta: {},
      removedStateKeys: [],
      ...actions
    }
  };
}
function eventExists({ key: key3 }, { path, id: id2, problem }) {
  return new HoldfastError("already_exists", {
    message: `event ${JSON.stringify(id2)} is in ${describeSessionKey(key3)} already, ${problem}`,
    key: key3,
    path
  });
}
var init_match_stored = __esm({
  "../../packages/session/src/match-stored.ts"() {
    "use strict";
    init_src();
    init_prepare_event();
  }
});

// ../../packages/session/src/prepare-append.ts
function prepareAppendEvent(request, options) {
  checkRequest(request);
  const key3 = checkSessionKey(request);
  const expectedRevision = checkExpectedRevision(request);
  const copier = new JsonCopier(options.limits.maxEventBytes);
  const prepared = prepareEvent(request.event, { copier, now: options.now });
  return prepareAppend({ key: key3, expectedRevision, all: [prepared] });
}
function prepareAppendEvents(request, { limits, now }) {
  checkRequest(request);
  const key3 = checkSessionKey(request);
  const expectedRevision = checkExpectedRevision(request);
  const { events } = request;
  if (!Array.isArray(events)) {
    throw invalidArgument("events", `must be an array, got ${describeType(events)}`);
  }
  const all = Array.from(events, (event, i) => {
    const copier = new JsonCopier(limits.maxEventBytes);
    return copier.at(
      "events",
      () => copier.at(i, () => prepareEvent(event, { copier, now, index: i }))
    );
  });
  checkIdsOnce(all);
  return prepareAppend({ key: key3, expectedRevision, all });
}
function prepareAppend({
  key: key3,
  expectedRevision,
  all
}) {
  const events = all.some(isPartial) ? all.filter((prepared) => !isPartial(prepared)) : all;
  return {
    key: key3,
    events,
    changes: foldDeltas(events.map(({ event }) => event.actions)),
    expectedRevision,
    answer(stored) {
      if (events === all) return Object.freeze(stored);
      const next = stored[Symbol.iterator]();
      return Object.freeze(
        all.map(
          (prepared) => isPartial(prepared) ? prepared.event : next.next().value
        )
      );
    }
  };
}
function isPartial({ event }) {
  return event.partial === true;
}
function checkExpectedRevision({ expectedRevision }) {
  if (expectedRevision === void 0) return void 0;
  return checkInteger(expectedRevision, { path: "expectedRevision", min: 0 });
}
function checkIdsOnce(all) {
  const seen = /* @__PURE__ */ new Set();
  all.forEach((prepared, i) => {
    if (isPartial(prepared)) return;
    const { id: id2 } = prepared.event;
    if (seen.has(id2))
      throw invalidArgument(`events[${i}].id`, "is that of an earlier event of the batch");
    seen.add(id2);
  });
}
var init_prepare_append = __esm({
  "../../packages/session/src/prepare-append.ts"() {
    "use strict";
    init_src();
    init_src2();
    init_check_request();
    init_prepare_event();
  }
});

// ../../packages/session/src/prepare-create.ts
function prepareCreate(request, limits) {
  checkRequest(request);
  const { sessionId = createUuidV7(), state } = request;
  const key3 = checkSessionKey({
    appName: request.appName,
    userId: request.userId,
    sessionId
  });
  return { key: key3, changes: prepareInitialState(state, limits) };
}
function prepareGetOrCreate(request, limits) {
  checkRequest(request);
  checkIdentifier(request.sessionId, "sessionId");
  return prepareCreate(request, limits);
}
function prepareInitialState(state, limits) {
  if (state === void 0) return NO_CHANGES;
  const copier = new JsonCopier(limits.maxEventBytes);
  const copied = copyState(copier, state, {
    property: "state",
    keyProblem: stateKeyProblem
  });
  copier.checkSize(copied);
  return scopeChanges({ stateDelta: copied });
}
var init_prepare_create = __esm({
  "../../packages/session/src/prepare-create.ts"() {
    "use strict";
    init_src();
    init_src2();
    init_check_request();
  }
});

// ../../packages/session/src/prepare-get.ts
function prepareGet(request) {
  checkRequest(request);
  const key3 = checkSessionKey(request);
  const { numRecentEvents, afterTimestamp } = prepareEventWindow(request);
  return { key: key3, numRecentEvents, afterTimestamp };
}
function prepareEventWindow(request) {
  const { numRecentEvents, afterTimestamp } = request;
  return {
    numRecentEvents: numRecentEvents === void 0 ? void 0 : checkInteger(numRecentEvents, { path: "numRecentEvents", min: 0 }),
    afterTimestamp: afterTimestamp === void 0 ? void 0 : checkTimestamp(afterTimestamp, "afterTimestamp")
  };
}
function prepareDelete(request) {
  checkRequest(request);
  return checkSessionKey(request);
}
var init_prepare_get = __esm({
  "../../packages/session/src/prepare-get.ts"() {
    "use strict";
    init_src();
    init_check_request();
  }
});

// ../../packages/session/src/prepare-list-events.ts
function prepareListEvents(request) {
  checkRequest(request);
  const { afterSeq, beforeSeq } = request;
  return {
    key: checkSessionKey(request),
    afterSeq: afterSeq === void 0 ? 0 : checkInteger(afterSeq, { path: "afterSeq", min: 0 }),
    beforeSeq: beforeSeq === void 0 ? void 0 : checkInteger(beforeSeq, { path: "beforeSeq", min: 0 }),
    limit: checkLimit(request.limit),
    order: checkChoice(request.order, {
      path: "order",
      choices: ["asc", "desc"]
    })
  };
}
var init_prepare_list_events = __esm({
  "../../packages/session/src/prepare-list-events.ts"() {
    "use strict";
    init_src();
    init_check_request();
    init_prepare_list();
  }
});

// ../../packages/session/src/prepare-state.ts
function prepareGetState(request) {
  checkRequest(request);
  const scope = checkScope(request.scope);
  const appName = checkIdentifier(request.appName, "appName");
  if (scope === "user")
    return {
      scope,
      appName,
      userId: checkIdentifier(request.userId, "userId")
    };
  if (request.userId !== void 0) {
    throw invalidArgument("userId", "must be absent in the scope 'app'");
  }
  return { scope, appName };
}
function prepareUpdateState(request, limits) {
  const owner = prepareGetState(request);
  const copier = new JsonCopier(limits.maxEventBytes);
  const { set = {}, remove = [] } = request;
  const values = copyState(copier, set, {
    property: "set",
    keyProblem: stateNameProblem
  });
  const removed = copyStateKeys(copier, remove, {
    property: "remove",
    keyProblem: stateNameProblem
  });
  copier.checkSize([values, removed]);
  const changes = new Map(Object.entries(values));
  removed.forEach((name, i) => {
    if (Object.hasOwn(values, name)) throw invalidArgument(`remove[${i}]`, "is set as well");
    changes.set(name, void 0);
  });
  return { owner, changes };
}
function checkScope(scope) {
  if (scope === void 0) throw invalidArgument("scope", "must be 'app' or 'user', got undefined");
  return checkChoice(scope, { path: "scope", choices: ["app", "user"] });
}
var init_prepare_state = __esm({
  "../../packages/session/src/prepare-state.ts"() {
    "use strict";
    init_src();
    init_src2();
    init_check_request();
  }
});

// ../../packages/session/src/accept-event.ts
function acceptEvent(event, seq) {
  if (isPlainObject(event.actions?.stateDelta) && isDeeplyFrozen(event)) return event;
  const now = () => {
    throw invalidArgument("timestamp", "must be that of a stored event");
  };
  return Object.freeze({ ...prepareEvent(event, { copier: new JsonCopier(), now }).event, seq });
}
function isDeeplyFrozen(value, levels = MAX_JSON_DEPTH + 4) {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0 || !Object.isFrozen(value)) return false;
  for (const key3 of Object.keys(value)) {
    if (!isDeeplyFrozen(value[key3], levels - 1)) return false;
  }
  return true;
}
var init_accept_event = __esm({
  "../../packages/session/src/accept-event.ts"() {
    "use strict";
    init_src();
    init_prepare_event();
  }
});

// ../../packages/session/src/session.ts
function chained(last) {
  const events = [];
  for (let link = last; link !== void 0; link = link.before) {
    events.push(link.event);
  }
  return events.reverse();
}
var inspect2, Session;
var init_session = __esm({
  "../../packages/session/src/session.ts"() {
    "use strict";
    init_src();
    init_src2();
    init_accept_event();
    inspect2 = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");
    Session = class _Session {
      key;
      /** Epoch ms. */
      createTime;
      /** Epoch ms: the largest of the creation and every event's timestamp. It never goes back. */
      lastUpdateTime;
      /** The `seq` of the last event, loaded or not; 0 before any. */
      revision;
      #stored;
      #state;
      // What `withEvent` brought is chained behind the list, until someone reads `events`:
      // a long walk costs no copy of the list for each step.
      #events;
      #later;
      #history;
      constructor(snapshot) {
        this.key = snapshot.key;
        this.createTime = snapshot.createTime;
        this.lastUpdateTime = snapshot.lastUpdateTime;
        this.revision = snapshot.revision;
        this.#stored = snapshot.state;
        this.#events = Object.freeze(snapshot.events);
        Object.freeze(this);
      }
      /** `key.sessionId`. */
      get id() {
        return this.key.sessionId;
      }
      get appName() {
        return this.key.appName;
      }
      get userId() {
        return this.key.userId;
      }
      /** The three scopes merged: this snapshot's own working copy. */
      get state() {
        this.#state ??= State.fromStored(this.#stored);
        return this.#state;
      }
      /** The loaded events, in `seq` order. */
      get events() {
        if (this.#later !== void 0) {
          this.#events = Object.freeze(this.#events.concat(chained(this.#later)));
          this.#later = void 0;
        }
        return this.#events;
      }
      /** The content of the loaded events that have one, in order. */
      get conversationHistory() {
        this.#history ??= Object.freeze(this.events.flatMap((event) => event.content ?? []));
        return this.#history;
      }
      /**
       * The snapshot after `event`, a stored one, without asking the store. `temp:` keys and
       * changes not yet taken stay in its state. An event that this snapshot has already, and
       * a partial one, change nothing: the answer is this snapshot itself. `conflict` where
       * `event.seq` is not `revision + 1`: other events came between, so read the session again.
       * An event that is not frozen, such as one that came over the wire, is checked and copied.
       */
      withEvent(event) {
        if (!isPlainObject(event)) {
          throw invalidArgument("event", `must be a plain object, got ${describeType(event)}`);
        }
        if (event.partial === true) return this;
        const seq = event.seq;
        if (seq !== void 0 && seq >= 1 && seq <= this.revision) return this;
        if (seq !== this.revision + 1) {
          throw new HoldfastError("conflict", {
            message: `${describeSessionKey(this.key)} is at revision ${this.revision}: its next event has the seq ${this.revision + 1}, not ${seq}`,
            key: this.key,
            path: "seq"
          });
        }
        const arrived = acceptEvent(event, seq);
        const next = new _Session({
          key: this.key,
          createTime: this.createTime,
          lastUpdateTime: Math.max(this.lastUpdateTime, arrived.timestamp),
          revision: seq,
          events: this.#events,
          state: this.#stored
        });
        next.#state = this.state.withDelta(arrived.actions);
        next.#later = { before: this.#later, event: arrived };
        return next;
      }
      toJSON() {
        return Object.freeze({
          id: this.id,
          appName: this.appName,
          userId: this.userId,
          state: this.state.toJSON(),
          events: this.events,
          createTime: this.createTime,
          lastUpdateTime: this.lastUpdateTime,
          revision: this.revision
        });
      }
      [inspect2]() {
        return this.toJSON();
      }
    };
  }
});

// ../../packages/session/src/summarize-session.ts
function summarizeSession(source) {
  const { key: key3, createTime, lastUpdateTime, revision, state } = source;
  return Object.freeze({
    key: key3,
    id: key3.sessionId,
    appName: key3.appName,
    userId: key3.userId,
    createTime,
    lastUpdateTime,
    revision,
    ...state !== void 0 && { state: State.fromStored(state) }
  });
}
var init_summarize_session = __esm({
  "../../packages/session/src/summarize-session.ts"() {
    "use strict";
    init_src2();
  }
});

// ../../packages/session/src/index.ts
var init_src3 = __esm({
  "../../packages/session/src/index.ts"() {
    "use strict";
    init_call_gate();
    init_list_cursor();
    init_match_stored();
    init_prepare_append();
    init_prepare_create();
    init_prepare_event();
    init_prepare_get();
    init_prepare_list();
    init_prepare_list_events();
    init_prepare_state();
    init_session();
    init_session_errors();
    init_summarize_session();
  }
});

// ../../packages/sql/src/parse-stored.ts
function parseStored(text, { what, key: key3, seq }) {
  let value;
  try {
    if (typeof text !== "string") throw new TypeError(`a ${typeof text} is no JSON`);
    value = JSON.parse(text);
    if (seq !== void 0 && !isPlainObject(value)) throw new TypeError("it is no object");
  } catch (cause) {
    const { appName, userId, sessionId } = key3;
    const whose = JSON.stringify({ appName, userId, sessionId });
    throw new HoldfastError("corrupt", {
      message: `${what} of ${whose} cannot be read`,
      key: sessionId === void 0 ? void 0 : key3,
      cause
    });
  }
  if (seq !== void 0) value.seq = seq;
  return freeze(value);
}
function freeze(value) {
  if (typeof value === "object" && value !== null) {
    if (Array.isArray(value)) for (const item of value) freeze(item);
    else for (const key3 of Object.keys(value)) freeze(value[key3]);
    Object.freeze(value);
  }
  return value;
}
var init_parse_stored = __esm({
  "../../packages/sql/src/parse-stored.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/sql/src/answer-rows.ts
function parseEvent(stored) {
  const what = `event ${stored.seq}`;
  const event = parseStored(stored.body, { what, key: stored.key, seq: stored.seq });
  return event;
}
function parseState(rows, at) {
  return new Map(
    rows.map((row) => {
      const name = String(row[at.name]);
      const what = `the state key ${JSON.stringify(name)}`;
      return [name, parseStored(row[at.value], { what, key: at.key })];
    })
  );
}
var RowKind, AnswerRows;
var init_answer_rows = __esm({
  "../../packages/sql/src/answer-rows.ts"() {
    "use strict";
    init_parse_stored();
    RowKind = {
      /** The integers are `createTime`, `lastUpdateTime` and `revision`. */
      Session: 0,
      /** The name of a key, and its value. */
      SessionState: 1,
      UserState: 2,
      AppState: 3,
      /** The body, and the `seq`. */
      Event: 4
    };
    AnswerRows = class {
      #rows = [[], [], [], [], []];
      #key;
      /** `key` says whose rows they are, for an error's message. */
      constructor(rows, key3) {
        this.#key = key3;
        for (const row of rows) this.#rows[Number(row[0])]?.push(row);
      }
      /** Undefined where there is no session. */
      get session() {
        const row = this.#rows[RowKind.Session]?.[0];
        if (row === void 0) return void 0;
        return {
          createTime: Number(row[3]),
          lastUpdateTime: Number(row[4]),
          revision: Number(row[5])
        };
      }
      get state() {
        return {
          session: this.#scope(RowKind.SessionState),
          user: this.#scope(RowKind.UserState),
          app: this.#scope(RowKind.AppState)
        };
      }
      /** The events in `seq` order. */
      get events() {
        const rows = this.#rows[RowKind.Event] ?? [];
        const events = rows.map(
          (row) => parseEvent({ body: row[2], seq: Number(row[3]), key: this.#key })
        );
        return events.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
      }
      #scope(kind) {
        return parseState(this.#rows[kind] ?? [], { name: 1, value: 2, key: this.#key });
      }
    };
  }
});

// ../../packages/sql/src/create-table.ts
function createTable(schema, table) {
  const { dialect, tables, tablePrefix } = schema;
  const indexes = table.indexes.map(({ name, columns }) => ({
    name: dialect.quote(tablePrefix + name),
    columns: listOf(columns)
  }));
  const inline = dialect.indexes === "inline" ? indexes : [];
  const separate = dialect.indexes === "separate" ? indexes : [];
  const lines = [
    ...table.columns.map(
      ({ name, type, nullable }) => `${name} ${dialect.types[type]}${nullable ? "" : " NOT NULL"}`
    ),
    `PRIMARY KEY ${listOf(table.primaryKey)}`,
    ...table.unique.map((columns) => `UNIQUE ${listOf(columns)}`),
    ...inline.map(({ name, columns }) => `INDEX ${name} ${columns}`)
  ];
  const options = dialect.tableOptions[table.rows];
  const home = tables[table.name];
  return [
    `CREATE TABLE IF NOT EXISTS ${home} (
  ${lines.join(",\n  ")}
)${options}`,
    ...separate.map(
      ({ name, columns }) => `CREATE INDEX IF NOT EXISTS ${name} ON ${home} ${columns}`
    )
  ];
}
function listOf(columns) {
  return `(${columns.join(", ")})`;
}
var init_create_table = __esm({
  "../../packages/sql/src/create-table.ts"() {
    "use strict";
  }
});

// ../../packages/sql/src/tables.ts
function checkTablePrefix({ tablePrefix = DEFAULT_PREFIX }) {
  if (typeof tablePrefix !== "string" || !TABLE_PREFIX.test(tablePrefix)) {
    throw invalidArgument(
      "tablePrefix",
      "must be 1 to 32 letters, digits or underscores, and not begin with a digit"
    );
  }
  return tablePrefix;
}
function tablesOf(dialect, options) {
  const { schema } = options;
  const prefix = checkTablePrefix(options);
  if (schema !== void 0) checkSchema(schema);
  const home = schema === void 0 ? "" : `${dialect.quote(schema)}.`;
  const name = (table) => home + dialect.quote(prefix + table);
  return Object.freeze({
    sessions: name("sessions"),
    events: name("events"),
    state: name("state"),
    migrations: name("migrations")
  });
}
function checkSchema(schema) {
  checkIdentifier(schema, "schema");
  const { length } = new TextEncoder().encode(schema);
  if (/[?"`\\]/.test(schema) || length > 63) {
    throw invalidArgument("schema", "must be at most 63 bytes without quotes, ? or \\");
  }
}
var TABLE_PREFIX, DEFAULT_PREFIX, key, keyColumns, sessionsTable, eventsTable, stateTable, migrationsTable;
var init_tables = __esm({
  "../../packages/sql/src/tables.ts"() {
    "use strict";
    init_src();
    TABLE_PREFIX = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;
    DEFAULT_PREFIX = "holdfast_";
    key = ["app_name", "user_id", "session_id"];
    keyColumns = key.map((name) => ({ name, type: "identifier" }));
    sessionsTable = {
      name: "sessions",
      columns: [
        ...keyColumns,
        { name: "create_time", type: "integer" },
        { name: "last_update_time", type: "integer" },
        { name: "revision", type: "integer" },
        { name: "initial_state", type: "json" }
      ],
      primaryKey: key,
      unique: [],
      indexes: [
        {
          name: "sessions_by_user",
          columns: ["app_name", "user_id", "last_update_time", "session_id"]
        },
        {
          name: "sessions_by_time",
          columns: ["app_name", "last_update_time", "user_id", "session_id"]
        }
      ],
      rows: "wide"
    };
    eventsTable = {
      name: "events",
      columns: [
        ...keyColumns,
        { name: "seq", type: "integer" },
        { name: "event_id", type: "identifier" },
        { name: "timestamp", type: "integer" },
        { name: "body", type: "json" }
      ],
      primaryKey: [...key, "seq"],
      unique: [[...key, "event_id"]],
      indexes: [{ name: "events_by_time", columns: [...key, "timestamp"] }],
      rows: "wide"
    };
    stateTable = {
      name: "state",
      columns: [
        ...keyColumns,
        { name: "name", type: "identifier" },
        // Null is a key that was removed: the row stays, so that writers never wait in two orders.
        { name: "value", type: "json", nullable: true }
      ],
      primaryKey: [...key, "name"],
      unique: [],
      indexes: [],
      rows: "narrow"
    };
    migrationsTable = {
      name: "migrations",
      columns: [{ name: "version", type: "integer" }],
      primaryKey: ["version"],
      unique: [],
      indexes: [],
      rows: "narrow"
    };
  }
});

// ../../packages/sql/src/migrations.ts
function migrationsOf(schema) {
  return [
    {
      version: 1,
      statements: [sessionsTable, eventsTable, stateTable].flatMap(
        (table) => createTable(schema, table)
      )
    }
  ];
}
var init_migrations = __esm({
  "../../packages/sql/src/migrations.ts"() {
    "use strict";
    init_create_table();
    init_tables();
  }
});

// ../../packages/sql/src/migrator.ts
function statement(text) {
  return { text, values: [] };
}
var Migrator;
var init_migrator = __esm({
  "../../packages/sql/src/migrator.ts"() {
    "use strict";
    init_src();
    init_create_table();
    init_migrations();
    init_sql_template();
    init_tables();
    Migrator = class {
      #schema;
      #migrations;
      #readVersion;
      #record;
      constructor(schema) {
        const { migrations } = schema.tables;
        this.#schema = schema;
        this.#migrations = migrationsOf(schema);
        this.#readVersion = statement(`SELECT COALESCE(MAX(version), 0) FROM ${migrations}`);
        this.#record = sql`INSERT INTO ${migrations} (version) VALUES (${({ version }) => version})`;
      }
      /**
       * Runs what is missing. Safe when many call it at once: one does it, and the others find it
       * done. `unsupported` where the schema is newer than this package.
       */
      async migrate(client) {
        const version = await this.#versionOf(client);
        if (version === this.#newest) return;
        this.#refuseNewer(version);
        await client.transaction({ lock: this.#schema.tables.migrations, program: () => this.#run() });
      }
      /** Reads the version, and refuses another than this package's: `unsupported` or `unavailable`. */
      async check(client) {
        const version = await this.#versionOf(client);
        this.#refuseNewer(version);
        if (version < this.#newest) {
          throw new HoldfastError("unavailable", {
            message: `the schema is at version ${version}, and this package needs ${this.#newest}: call migrate(), or run what printMigrations() gives`
          });
        }
      }
      /** All of it as SQL, for someone who runs it on an empty database. */
      print() {
        const { migrations } = this.#schema.tables;
        const all = this.#prepare().map((text) => `${text};`);
        for (const { version, statements } of this.#migrations) {
          const record = `INSERT INTO ${migrations} (version) VALUES (${version})`;
          all.push(`-- Version ${version}`, ...[...statements, record].map((text) => `${text};`));
        }
        return `${all.join("\n")}
`;
      }
      get #newest() {
        return this.#migrations.at(-1)?.version ?? 0;
      }
      /** 0 where there is no schema. */
      async #versionOf(client) {
        try {
          const rows = await client.query(this.#readVersion);
          return Number(rows[0]?.[0]);
        } catch (error) {
          if (this.#schema.dialect.isMissingTable(error.cause)) return 0;
          throw error;
        }
      }
      *#run() {
        for (const text of this.#prepare()) yield statement(text);
        const { rows } = yield this.#readVersion;
        const version = Number(rows[0]?.[0]);
        this.#refuseNewer(version);
        for (const migration of this.#migrations.filter((each) => each.version > version)) {
          for (const text of migration.statements) yield statement(text);
          yield bind(this.#record, migration);
        }
      }
      #prepare() {
        const { dialect, schema } = this.#schema;
        const own = createTable(this.#schema, migrationsTable);
        if (schema === void 0 || dialect.createSchema === void 0) return own;
        return [dialect.createSchema(schema), ...own];
      }
      #refuseNewer(version) {
        if (version <= this.#newest) return;
        throw new HoldfastError("unsupported", {
          message: `the schema is at version ${version}, and this package knows ${this.#newest} at most: upgrade it`
        });
      }
    };
  }
});

// ../../packages/sql/src/statements/list-sessions.ts
function listSessions(schema) {
  const cache = /* @__PURE__ */ new Map();
  return (list) => {
    const shape = {
      ofUser: list.userId !== void 0,
      isContinued: list.after !== void 0,
      isAscending: list.order === "asc",
      includeState: list.includeState,
      includeTotal: list.includeTotal
    };
    const name = Object.values(shape).join();
    const page = cache.get(name) ?? writePage(schema, shape);
    cache.set(name, page);
    return bind(page, list);
  };
}
function writePage({ tables, dialect, tablePrefix }, shape) {
  const index = dialect.quote(
    tablePrefix + (shape.ofUser ? "sessions_by_user" : "sessions_by_time")
  );
  const ofApp = sql`app_name = ${({ appName }) => appName}`;
  const ofOwner = shape.ofUser ? sql`${ofApp} AND user_id = ${({ userId }) => userId ?? ""}` : ofApp;
  const columns = [
    { name: "last_update_time", value: ({ after }) => after?.lastUpdateTime ?? 0 },
    { name: "user_id", value: ({ after }) => after?.userId ?? "" },
    { name: "session_id", value: ({ after }) => after?.sessionId ?? "" }
  ].filter(({ name }) => !(shape.ofUser && name === "user_id"));
  const beyond = dialect.compareRows({ operator: shape.isAscending ? ">" : "<", columns });
  const direction = shape.isAscending ? "ASC" : "DESC";
  const order = columns.map(({ name }) => `${name} ${direction}`).join(", ");
  const all = sql`
    SELECT user_id, session_id, create_time, last_update_time, revision
    FROM ${tables.sessions}${dialect.readIndex(index)}
    WHERE ${shape.isContinued ? sql`${ofOwner} AND ${beyond}` : ofOwner}
    ORDER BY ${order}`;
  const page = dialect.take(all, sql`${({ limit }) => limit + 1}`);
  const parts = [
    sql`
      SELECT ${String(ListRowKind.Session)} AS kind, user_id, session_id, '' AS name, '' AS body,
        create_time AS a, last_update_time AS b, revision AS c
      FROM page`
  ];
  if (shape.includeState) parts.push(...writeState(tables.state, ofApp));
  if (shape.includeTotal) {
    parts.push(
      sql`SELECT ${String(ListRowKind.Total)}, '', '', '', '', COUNT(*), 0, 0
        FROM ${tables.sessions} WHERE ${ofOwner}`
    );
  }
  return sql`WITH page AS (${page}) ${parts.reduce((all2, part) => sql`${all2} UNION ALL ${part}`)}`;
}
function writeState(state, ofApp) {
  return [
    sql`
      SELECT ${String(ListRowKind.SessionState)}, page.user_id, page.session_id, s.name, s.value, 0, 0, 0
      FROM page LEFT JOIN ${state} s
        ON ${ofApp} AND s.user_id = page.user_id AND s.session_id = page.session_id
        AND s.value IS NOT NULL`,
    sql`
      SELECT ${String(ListRowKind.UserState)}, users.user_id, '', s.name, s.value, 0, 0, 0
      FROM (SELECT DISTINCT user_id FROM page) users LEFT JOIN ${state} s
        ON ${ofApp} AND s.user_id = users.user_id AND s.session_id = '' AND s.value IS NOT NULL`,
    sql`
      SELECT ${String(ListRowKind.AppState)}, '', '', name, value, 0, 0, 0
      FROM ${state} WHERE ${ofApp} AND user_id = '' AND session_id = '' AND value IS NOT NULL`
  ];
}
var ListRowKind;
var init_list_sessions = __esm({
  "../../packages/sql/src/statements/list-sessions.ts"() {
    "use strict";
    init_sql_template();
    ListRowKind = {
      /** The integers are `createTime`, `lastUpdateTime` and `revision`. */
      Session: 0,
      SessionState: 1,
      UserState: 2,
      AppState: 3,
      /** The first integer is the number of sessions. */
      Total: 4
    };
  }
});

// ../../packages/sql/src/session-page.ts
function sessionPage(list, rows) {
  const ofKind = (kind) => rows.filter((row) => Number(row[0]) === kind);
  const sessions = ofKind(ListRowKind.Session).map((row) => ({
    key: Object.freeze({
      appName: list.appName,
      userId: String(row[1]),
      sessionId: String(row[2])
    }),
    createTime: Number(row[5]),
    lastUpdateTime: Number(row[6]),
    revision: Number(row[7])
  }));
  const direction = list.order === "asc" ? 1 : -1;
  sessions.sort((a, b) => direction * comparePlaces(a, b));
  const stateOf = list.includeState ? stateReader(list, ofKind) : () => void 0;
  const page = sessions.slice(0, list.limit);
  const last = page.at(-1);
  const total = ofKind(ListRowKind.Total)[0];
  return Object.freeze({
    sessions: Object.freeze(
      page.map(
        (session) => summarizeSession({ ...session, state: stateOf(session.key) })
      )
    ),
    ...last && sessions.length > page.length && {
      nextCursor: encodeListCursor(list, {
        lastUpdateTime: last.lastUpdateTime,
        userId: last.key.userId,
        sessionId: last.key.sessionId
      })
    },
    ...total && { total: Number(total[5]) }
  });
}
function comparePlaces(a, b) {
  return a.lastUpdateTime - b.lastUpdateTime || compareIdentifiers(a.key.userId, b.key.userId) || compareIdentifiers(a.key.sessionId, b.key.sessionId);
}
function stateReader({ appName }, ofKind) {
  const scopes2 = (kind) => {
    const groups = /* @__PURE__ */ new Map();
    for (const row of ofKind(kind)) {
      if (row[3] === null) continue;
      const owner = address(row[1], row[2]);
      const group = groups.get(owner);
      if (group === void 0) groups.set(owner, [row]);
      else group.push(row);
    }
    return new Map(
      Array.from(groups, ([owner, rows]) => [
        owner,
        parseState(rows, { name: 3, value: 4, key: { appName, userId: String(rows[0]?.[1]) } })
      ])
    );
  };
  const [session, user, app] = [
    scopes2(ListRowKind.SessionState),
    scopes2(ListRowKind.UserState),
    scopes2(ListRowKind.AppState)
  ];
  return ({ userId, sessionId }) => ({
    session: session.get(address(userId, sessionId)) ?? empty,
    user: user.get(address(userId, "")) ?? empty,
    app: app.get(address("", "")) ?? empty
  });
}
function address(userId, sessionId) {
  return `${userId}
${sessionId}`;
}
var empty;
var init_session_page = __esm({
  "../../packages/sql/src/session-page.ts"() {
    "use strict";
    init_src();
    init_src3();
    init_answer_rows();
    init_list_sessions();
    empty = /* @__PURE__ */ new Map();
  }
});

// ../../packages/sql/src/statements/of-session.ts
var ofSession;
var init_of_session = __esm({
  "../../packages/sql/src/statements/of-session.ts"() {
    "use strict";
    init_sql_template();
    ofSession = sql`
  app_name = ${({ appName }) => appName}
  AND user_id = ${({ userId }) => userId}
  AND session_id = ${({ sessionId }) => sessionId}`;
  }
});

// ../../packages/sql/src/statements/append-events.ts
function advanceSession({ tables, dialect }) {
  const next = sql`revision + ${({ count }) => count}`;
  return sql`
    UPDATE ${tables.sessions}
    SET last_update_time = ${dialect.greatest}(last_update_time, ${({ time }) => time}),
      revision = ${dialect.keepRevision(next)}
    WHERE ${ofSession}
      AND revision = COALESCE(${({ expectedRevision }) => expectedRevision ?? null}, revision)`;
}
function insertEvents({ tables }) {
  return {
    table: tables.events,
    columns: [
      { name: "app_name", type: "identifier" },
      { name: "user_id", type: "identifier" },
      { name: "session_id", type: "identifier" },
      { name: "seq", type: "integer", fromRevision: true },
      { name: "event_id", type: "identifier" },
      { name: "timestamp", type: "integer" },
      { name: "body", type: "json" }
    ]
  };
}
function eventRows({ appName, userId, sessionId }, events) {
  return events.map(({ event }, i) => [
    appName,
    userId,
    sessionId,
    i + 1 - events.length,
    event.id,
    event.timestamp,
    JSON.stringify(event)
  ]);
}
var init_append_events = __esm({
  "../../packages/sql/src/statements/append-events.ts"() {
    "use strict";
    init_sql_template();
    init_of_session();
  }
});

// ../../packages/sql/src/statements/find-events.ts
function findEvents({ tables }) {
  const looksFor = (count) => {
    const ids = Array.from(
      { length: count },
      (_, i) => sql`${(search) => idAt(search, i)}`
    );
    return sql`
      SELECT ${String(RowKind.Session)} AS kind, '' AS name, '' AS body,
        create_time AS a, last_update_time AS b, revision AS c
      FROM ${tables.sessions} WHERE ${ofSession}
      UNION ALL
      SELECT ${String(RowKind.Event)}, '', body, seq, 0, 0 FROM ${tables.events}
      WHERE ${ofSession} AND event_id IN (${ids.reduce((list, id2) => sql`${list}, ${id2}`)})`;
  };
  const one = looksFor(1);
  const many = looksFor(FIND_EVENTS_LIMIT);
  return (search) => bind(search.ids.length === 1 ? one : many, search);
}
function idAt({ ids }, i) {
  return ids[Math.min(i, ids.length - 1)];
}
var FIND_EVENTS_LIMIT;
var init_find_events = __esm({
  "../../packages/sql/src/statements/find-events.ts"() {
    "use strict";
    init_answer_rows();
    init_sql_template();
    init_of_session();
    FIND_EVENTS_LIMIT = 100;
  }
});

// ../../packages/sql/src/statements/write-state.ts
function writeState2({ tables }) {
  return {
    table: tables.state,
    columns: stateTable.columns,
    replaceBy: stateTable.primaryKey
  };
}
function stateRows(key3, changes) {
  const { appName, userId, sessionId } = key3;
  return [
    ...scopeRows({ appName, userId: "", sessionId: "" }, changes.app),
    ...scopeRows({ appName, userId, sessionId: "" }, changes.user),
    ...scopeRows({ appName, userId, sessionId }, changes.session)
  ];
}
function scopeRows(owner, changes) {
  if (changes.size === 0) return [];
  const { appName, userId, sessionId } = owner;
  const rows = [];
  for (const [name, value] of changes) {
    const text = value === void 0 ? null : JSON.stringify(value);
    rows.push([appName, userId, sessionId, name, text]);
  }
  if (rows.length > 1) rows.sort((a, b) => compareIdentifiers(a[3], b[3]));
  return rows;
}
var init_write_state = __esm({
  "../../packages/sql/src/statements/write-state.ts"() {
    "use strict";
    init_src();
    init_tables();
  }
});

// ../../packages/sql/src/statements/create-session.ts
function createSession({ tables }) {
  return sql`
    INSERT INTO ${tables.sessions}
      (app_name, user_id, session_id, create_time, last_update_time, revision, initial_state)
    VALUES (${({ appName }) => appName}, ${({ userId }) => userId},
      ${({ sessionId }) => sessionId}, ${({ time }) => time}, ${({ time }) => time}, 0,
      ${({ initialState }) => initialState})`;
}
var init_create_session = __esm({
  "../../packages/sql/src/statements/create-session.ts"() {
    "use strict";
    init_sql_template();
  }
});

// ../../packages/sql/src/statements/delete-session.ts
function deleteSession({ tables }) {
  const remove = (table) => sql`DELETE FROM ${table} WHERE ${ofSession}`;
  const session = remove(tables.sessions);
  const rest = [tables.events, tables.state].map(remove);
  return function* (key3) {
    const { changes } = yield bind(session, key3);
    if (changes === 0) return false;
    for (const each of rest) yield bind(each, key3);
    return true;
  };
}
var init_delete_session = __esm({
  "../../packages/sql/src/statements/delete-session.ts"() {
    "use strict";
    init_sql_template();
    init_of_session();
  }
});

// ../../packages/sql/src/statements/select-state.ts
function selectScope({ tables }) {
  return sql`
    SELECT name, value FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName}
      AND user_id = ${({ userId }) => userId}
      AND session_id = ${({ sessionId }) => sessionId}
      AND value IS NOT NULL`;
}
function selectSharedState(schema) {
  const { state } = schema.tables;
  return sql`
    SELECT ${String(RowKind.UserState)} AS kind, name, value AS body, 0 AS a, 0 AS b, 0 AS c
    FROM ${state}
    WHERE app_name = ${({ appName }) => appName} AND user_id = ${({ userId }) => userId}
      AND session_id = '' AND value IS NOT NULL
    UNION ALL
    SELECT ${String(RowKind.AppState)}, name, value, 0, 0, 0
    FROM ${state}
    WHERE app_name = ${({ appName }) => appName} AND user_id = '' AND session_id = ''
      AND value IS NOT NULL`;
}
function selectVisibleState({ tables }) {
  const { SessionState, UserState, AppState } = RowKind;
  const kind = `CASE WHEN session_id <> '' THEN ${SessionState} WHEN user_id <> '' THEN ${UserState} ELSE ${AppState} END`;
  return sql`
    SELECT ${kind}, name, value, 0, 0, 0
    FROM ${tables.state}
    WHERE app_name = ${({ appName }) => appName}
      AND user_id IN ('', ${({ userId }) => userId})
      AND session_id IN ('', ${({ sessionId }) => sessionId})
      AND value IS NOT NULL`;
}
var init_select_state = __esm({
  "../../packages/sql/src/statements/select-state.ts"() {
    "use strict";
    init_answer_rows();
    init_sql_template();
  }
});

// ../../packages/sql/src/statements/get-session.ts
function getSession(schema) {
  const { dialect } = schema;
  const { sessions, events } = schema.tables;
  const snapshot = sql`
    SELECT ${String(RowKind.Session)} AS kind, '' AS name, '' AS body,
      create_time AS a, last_update_time AS b, revision AS c
    FROM ${sessions} WHERE ${ofSession}
    UNION ALL
    ${selectVisibleState(schema)}`;
  const withEvents = (branch) => sql`${snapshot} UNION ALL ${branch}`;
  const chosen = sql`
    SELECT ${String(RowKind.Event)} AS kind, '' AS name, body, seq AS a, 0 AS b, 0 AS c
    FROM ${events} WHERE ${ofSession}`;
  const isLate = sql`timestamp >= ${({ afterTimestamp }) => afterTimestamp ?? 0}`;
  const count = sql`${({ numRecentEvents }) => numRecentEvents ?? 0}`;
  const all = withEvents(chosen);
  const recent = withEvents(
    dialect.unionBranch(dialect.take(sql`${chosen} ORDER BY seq DESC`, count))
  );
  const late = withEvents(dialect.unionBranch(sql`${chosen} AND ${isLate} ORDER BY timestamp`));
  const last = dialect.take(
    sql`SELECT body, seq, timestamp FROM ${events} WHERE ${ofSession} ORDER BY seq DESC`,
    count
  );
  const recentAndLate = withEvents(sql`
    SELECT ${String(RowKind.Event)}, '', body, seq, 0, 0 FROM (${last}) last WHERE ${isLate}`);
  return ({ key: key3, ...bounds }) => {
    const { numRecentEvents, afterTimestamp } = bounds;
    const get = { ...key3, ...bounds };
    if (numRecentEvents === 0) return bind(snapshot, get);
    if (numRecentEvents === void 0) return bind(afterTimestamp === void 0 ? all : late, get);
    return bind(afterTimestamp === void 0 ? recent : recentAndLate, get);
  };
}
var init_get_session = __esm({
  "../../packages/sql/src/statements/get-session.ts"() {
    "use strict";
    init_answer_rows();
    init_sql_template();
    init_of_session();
    init_select_state();
  }
});

// ../../packages/sql/src/statements/list-events.ts
function listEvents({ tables, dialect }) {
  const session = sql`
    SELECT ${String(RowKind.Session)} AS kind, '' AS name, '' AS body,
      create_time AS a, last_update_time AS b, revision AS c
    FROM ${tables.sessions} WHERE ${ofSession}`;
  const count = sql`${({ limit }) => limit}`;
  const inOrder = (direction) => {
    const page = sql`
      SELECT ${String(RowKind.Event)} AS kind, '' AS name, body, seq AS a, 0 AS b, 0 AS c
      FROM ${tables.events}
      WHERE ${ofSession} AND seq > ${({ after }) => after} AND seq < ${({ before }) => before}
      ORDER BY seq ${direction}`;
    return sql`${session} UNION ALL ${dialect.unionBranch(dialect.take(page, count))}`;
  };
  const ascending = inOrder("ASC");
  const descending = inOrder("DESC");
  return ({ key: key3, afterSeq, beforeSeq = Number.MAX_SAFE_INTEGER, limit, order }) => bind(order === "asc" ? ascending : descending, {
    ...key3,
    after: afterSeq,
    before: beforeSeq,
    limit: limit + 1
  });
}
var init_list_events = __esm({
  "../../packages/sql/src/statements/list-events.ts"() {
    "use strict";
    init_answer_rows();
    init_sql_template();
    init_of_session();
  }
});

// ../../packages/sql/src/statements.ts
function createStatements(schema) {
  return {
    advanceSession: advanceSession(schema),
    insertEvents: insertEvents(schema),
    createSession: createSession(schema),
    deleteSession: deleteSession(schema),
    findEvents: findEvents(schema),
    getSession: getSession(schema),
    listEvents: listEvents(schema),
    listSessions: listSessions(schema),
    selectScope: selectScope(schema),
    selectSharedState: selectSharedState(schema),
    writeState: writeState2(schema)
  };
}
var init_statements = __esm({
  "../../packages/sql/src/statements.ts"() {
    "use strict";
    init_append_events();
    init_create_session();
    init_delete_session();
    init_find_events();
    init_get_session();
    init_list_events();
    init_list_sessions();
    init_select_state();
    init_write_state();
  }
});

// ../../packages/sql/src/sql-session-service.ts
function printMigrations(dialect, options) {
  return new Migrator(schemaOf({ ...options, dialect })).print();
}
function schemaOf(options) {
  const { dialect, schema } = options;
  const tablePrefix = checkTablePrefix(options);
  return { dialect, tables: tablesOf(dialect, { schema, tablePrefix }), tablePrefix, schema };
}
function ownerRow(owner) {
  const userId = owner.scope === "user" ? owner.userId : "";
  return { appName: owner.appName, userId, sessionId: "" };
}
function storedEvents({ events }, revision) {
  const first = revision - events.length + 1;
  return events.map(({ event }, i) => Object.freeze({ ...event, seq: first + i }));
}
function changedTooOften(key3) {
  return new HoldfastError("unavailable", {
    message: `${describeSessionKey(key3)} changed too often while it was written`,
    key: key3
  });
}
var MAX_ATTEMPTS2, SqlSessionService;
var init_sql_session_service = __esm({
  "../../packages/sql/src/sql-session-service.ts"() {
    "use strict";
    init_src();
    init_src3();
    init_src2();
    init_answer_rows();
    init_migrator();
    init_session_page();
    init_sql_template();
    init_append_events();
    init_find_events();
    init_write_state();
    init_statements();
    init_tables();
    MAX_ATTEMPTS2 = 20;
    SqlSessionService = class {
      capabilities;
      #client;
      #statements;
      #migrator;
      #limits;
      #now;
      #gate = new CallGate();
      /** An option that is out of range is `invalid_argument`. */
      constructor(options) {
        const { client, capabilities, now = Date.now } = options;
        if (typeof now !== "function") {
          throw invalidArgument("now", `must be a function, got ${describeType(now)}`);
        }
        const schema = schemaOf(options);
        this.#limits = checkWriteLimits(options);
        this.#now = () => checkTimestamp(now(), "now");
        this.#client = client;
        this.#statements = createStatements(schema);
        this.#migrator = new Migrator(schema);
        this.capabilities = Object.freeze({ ...capabilities });
      }
      /**
       * Creates the tables, or brings them to this package's version; a single read where they are.
       * Safe when many processes call it at once. `unsupported` where the schema is newer.
       */
      migrate() {
        return this.#gate.run(() => this.#migrator.migrate(this.#client));
      }
      /** Reads the schema's version: `unavailable` where it is older than needed, `unsupported` where newer. */
      checkSchema() {
        return this.#gate.run(() => this.#migrator.check(this.#client));
      }
      /** All migrations for this service's tables, for someone who runs them on an empty database. */
      printMigrations() {
        return this.#migrator.print();
      }
      create(request) {
        return this.#gate.run(async () => {
          const create = prepareCreate(request, this.#limits);
          const session = await this.#create(create);
          if (session === void 0) throw sessionExists(create.key);
          return session;
        });
      }
      get(request) {
        return this.#gate.run(() => this.#get(prepareGet(request)));
      }
      getOrCreate(request) {
        return this.#gate.run(async () => {
          const create = prepareGetOrCreate(request, this.#limits);
          const { key: key3 } = create;
          for (let attempt = 0; attempt < MAX_ATTEMPTS2; attempt++) {
            const session = await this.#get({ key: key3, numRecentEvents: void 0, afterTimestamp: void 0 }) ?? await this.#create(create);
            if (session !== void 0) return session;
          }
          throw changedTooOften(key3);
        });
      }
      list(request) {
        return this.#gate.run(async () => {
          const list = prepareList(request, this.capabilities);
          return sessionPage(list, await this.#client.query(this.#statements.listSessions(list)));
        });
      }
      delete(request) {
        return this.#gate.run(() => {
          const key3 = prepareDelete(request);
          return this.#client.transaction({ program: () => this.#statements.deleteSession(key3) });
        });
      }
      appendEvent(request) {
        return this.#gate.run(async () => {
          const [event] = await this.#append(prepareAppendEvent(request, this.#writing()));
          return event;
        });
      }
      appendEvents(request) {
        return this.#gate.run(() => this.#append(prepareAppendEvents(request, this.#writing())));
      }
      listEvents(request) {
        return this.#gate.run(async () => {
          const list = prepareListEvents(request);
          const { key: key3, limit, order } = list;
          const rows = new AnswerRows(await this.#client.query(this.#statements.listEvents(list)), key3);
          if (rows.session === void 0) throw sessionNotFound(key3);
          const found = order === "asc" ? [...rows.events] : [...rows.events].reverse();
          const events = Object.freeze(found.slice(0, limit));
          return Object.freeze({ events, hasMore: found.length > limit });
        });
      }
      getState(request) {
        return this.#gate.run(() => this.#getState(prepareGetState(request)));
      }
      updateState(request) {
        return this.#gate.run(async () => {
          const { owner, changes } = prepareUpdateState(request, this.#limits);
          const inserts = this.#stateInserts(scopeRows(ownerRow(owner), changes));
          if (inserts.length > 0) await this.#client.write({ guard: void 0, inserts });
          return this.#getState(owner);
        });
      }
      close() {
        return this.#gate.close(() => this.#client.close());
      }
      [Symbol.asyncDispose]() {
        return this.close();
      }
      #writing() {
        return { limits: this.#limits, now: this.#now };
      }
      async #get(get) {
        const { key: key3 } = get;
        const rows = new AnswerRows(await this.#client.query(this.#statements.getSession(get)), key3);
        const { session } = rows;
        if (session === void 0) return void 0;
        return new Session({ key: key3, ...session, events: rows.events, state: rows.state });
      }
      /** Undefined where the session is there already. */
      async #create({ key: key3, changes }) {
        const time = this.#now();
        const created = changes.session;
        const initialState = JSON.stringify(stateRecord(created));
        const outcome = await this.#client.write({
          guard: bind(this.#statements.createSession, { ...key3, time, initialState }),
          inserts: this.#stateInserts(stateRows(key3, changes))
        });
        if (outcome.type !== "written") return void 0;
        const shared = await this.#client.query(bind(this.#statements.selectSharedState, key3));
        const { user, app } = new AnswerRows(shared, key3).state;
        return new Session({
          key: key3,
          createTime: time,
          lastUpdateTime: time,
          revision: 0,
          events: [],
          state: { session: created, user, app }
        });
      }
      async #append(append) {
        if (append.events.length === 0) return append.answer([]);
        const write = this.#appendWrite(append);
        for (let attempt = 0; attempt < MAX_ATTEMPTS2; attempt++) {
          const outcome = await this.#client.write(write);
          if (outcome.type === "written") return append.answer(storedEvents(append, outcome.revision));
          const stored = await this.#whyRefused(append);
          if (stored !== void 0) return append.answer(stored);
        }
        throw changedTooOften(append.key);
      }
      #appendWrite({ key: key3, events, changes, expectedRevision }) {
        const time = events.reduce((latest, { event }) => Math.max(latest, event.timestamp), 0);
        const { advanceSession: advanceSession2, insertEvents: insertEvents2 } = this.#statements;
        return {
          guard: bind(advanceSession2, { ...key3, count: events.length, time, expectedRevision }),
          inserts: [
            { insert: insertEvents2, rows: eventRows(key3, events) },
            ...this.#stateInserts(stateRows(key3, changes))
          ]
        };
      }
      /**
       * Throws what the append has met, or gives the events of a retry. Undefined: nothing is in
       * the way any more, so try again.
       */
      async #whyRefused(append) {
        const { key: key3, expectedRevision } = append;
        const { events, revision: found } = await this.#findEvents(append);
        const stored = matchStored(append, (id2) => events.get(id2));
        if (stored === void 0 && expectedRevision !== void 0 && expectedRevision !== found) {
          throw revisionConflict(key3, { expected: expectedRevision, found });
        }
        return stored;
      }
      /** The revision of an append's session, and those of its events that are there, as of one moment. */
      async #findEvents({ key: key3, events }) {
        const ids = events.map(({ event }) => event.id);
        for (let attempt = 0; attempt < MAX_ATTEMPTS2; attempt++) {
          const parts = [];
          for (let i = 0; i < ids.length; i += FIND_EVENTS_LIMIT) {
            const search = { ...key3, ids: ids.slice(i, i + FIND_EVENTS_LIMIT) };
            const rows = await this.#client.query(this.#statements.findEvents(search));
            parts.push(new AnswerRows(rows, key3));
          }
          const found = parts.flatMap((part) => part.events);
          const moments = new Set(parts.map(({ session: session2 }) => JSON.stringify(session2)));
          const session = parts[0]?.session;
          if (moments.size > 1) continue;
          if (session === void 0) throw sessionNotFound(key3);
          return {
            revision: session.revision,
            events: new Map(found.map((event) => [event.id, event]))
          };
        }
        throw changedTooOften(key3);
      }
      #stateInserts(rows) {
        return rows.length === 0 ? [] : [{ insert: this.#statements.writeState, rows }];
      }
      async #getState(owner) {
        const rows = await this.#client.query(bind(this.#statements.selectScope, ownerRow(owner)));
        return stateRecord(parseState(rows, { name: 0, value: 1, key: owner }));
      }
    };
  }
});

// ../../packages/sql/src/turnstile.ts
function turnstileOf(connection) {
  const turnstile = turnstiles.get(connection) ?? new Turnstile();
  turnstiles.set(connection, turnstile);
  return turnstile;
}
var Turnstile, turnstiles;
var init_turnstile = __esm({
  "../../packages/sql/src/turnstile.ts"() {
    "use strict";
    Turnstile = class {
      #waiting = [];
      #isTaken = false;
      /** Resolves when it is the caller's turn; `leave` ends it. */
      enter() {
        if (!this.#isTaken) {
          this.#isTaken = true;
          return Promise.resolve();
        }
        return new Promise((resolve) => this.#waiting.push(resolve));
      }
      leave() {
        const next = this.#waiting.shift();
        if (next === void 0) this.#isTaken = false;
        else next();
      }
      /** Runs `call` when all earlier ones have ended. */
      async pass(call) {
        await this.enter();
        try {
          return await call();
        } finally {
          this.leave();
        }
      }
    };
    turnstiles = /* @__PURE__ */ new WeakMap();
  }
});

// ../../packages/sql/src/index.ts
var init_src4 = __esm({
  "../../packages/sql/src/index.ts"() {
    "use strict";
    init_absorb_errors();
    init_borrow_in_time();
    init_check_options();
    init_compare_rows();
    init_insert_head();
    init_pool_options();
    init_retry_contention();
    init_sql_session_service();
    init_sql_template();
    init_turnstile();
  }
});

// ../../packages/postgres/src/open-pool.ts
async function openPool(settings) {
  const { url, maxConnections, connectTimeout } = settings;
  if (typeof url !== "string") {
    throw invalidArgument("url", `must be a string, got ${describeType(url)}`);
  }
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) {
    throw invalidArgument("url", "must begin with postgres:// and be a URL");
  }
  const { Pool } = await loadPg();
  return new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true
  });
}
async function loadPg() {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new HoldfastError("unsupported", {
      message: "the driver is not there: `npm install pg`",
      cause
    });
  }
}
var init_open_pool = __esm({
  "../../packages/postgres/src/open-pool.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/postgres/src/foreign-transaction.ts
function isInTransaction(client) {
  const status = client.getTransactionStatus?.() ?? "I";
  return status !== "I";
}
function foreignTransaction() {
  return new HoldfastError("unsupported", {
    message: "the connection is in a transaction of somebody else"
  });
}
var init_foreign_transaction = __esm({
  "../../packages/postgres/src/foreign-transaction.ts"() {
    "use strict";
    init_src();
  }
});

// ../../packages/postgres/src/in-transaction.ts
async function inTransaction(run, body) {
  await run(statement2("BEGIN ISOLATION LEVEL READ COMMITTED"));
  let result;
  try {
    result = await body(run);
    await run(statement2("COMMIT"));
  } catch (cause) {
    try {
      await run(statement2("ROLLBACK"));
    } catch {
      throw new RollbackFailed("the transaction could not be rolled back", { cause });
    }
    throw cause;
  }
  return result;
}
function statement2(text) {
  return { text, values: [] };
}
var RollbackFailed;
var init_in_transaction = __esm({
  "../../packages/postgres/src/in-transaction.ts"() {
    "use strict";
    RollbackFailed = class extends Error {
    };
  }
});

// ../../packages/postgres/src/pg-statement.ts
function runOn(client) {
  return async ({ values, ...query }) => {
    const { rows, rowCount } = await client.query({
      ...query,
      values,
      rowMode: "array"
    });
    return { rows, changes: rowCount ?? 0 };
  };
}
var init_pg_statement = __esm({
  "../../packages/postgres/src/pg-statement.ts"() {
    "use strict";
  }
});

// ../../packages/postgres/src/pg-client-connection.ts
var PgClientConnection;
var init_pg_client_connection = __esm({
  "../../packages/postgres/src/pg-client-connection.ts"() {
    "use strict";
    init_src4();
    init_foreign_transaction();
    init_in_transaction();
    init_pg_statement();
    PgClientConnection = class {
      #options;
      #turnstile;
      #stopAbsorbing;
      constructor(options) {
        this.#options = options;
        this.#turnstile = turnstileOf(options.client);
        this.#stopAbsorbing = absorbErrors(options.client);
      }
      query(query) {
        return this.#pass((run) => run(query));
      }
      transaction(body) {
        return this.#pass((run) => inTransaction(run, body));
      }
      #pass(work) {
        const { client } = this.#options;
        return this.#turnstile.pass(async () => {
          if (isInTransaction(client)) throw foreignTransaction();
          return work(runOn(client));
        });
      }
      async close() {
        const { client, ownsClient } = this.#options;
        if (ownsClient) await client.end();
        else this.#stopAbsorbing();
      }
    };
  }
});

// ../../packages/postgres/src/postgres-error.ts
function sqlState(error) {
  const code = error?.code;
  return typeof code === "string" && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : void 0;
}
function isDuplicate(error) {
  return sqlState(error) === UNIQUE_VIOLATION;
}
function isContention(error) {
  return TRY_AGAIN.has(sqlState(error) ?? "");
}
function isSchemaRace(error) {
  return SCHEMA_RACE.has(sqlState(error) ?? "");
}
function isConnectionLost(error) {
  const state = sqlState(error);
  if (state === void 0) return !isHoldfastError(error);
  if (isStatementLost(state)) return true;
  switch (state.slice(0, 2)) {
    case "08":
      return true;
    case "25":
      return true;
    case "57":
      return state !== "57014";
    default:
      return false;
  }
}
function isStatementLost(state) {
  return state === NO_SUCH_STATEMENT || state === STATEMENT_IS_THERE;
}
function isMissingTable(error) {
  return MISSING.has(sqlState(error) ?? "");
}
function translateError(error) {
  if (isHoldfastError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const [code, problem] = describe(error);
  return new HoldfastError(code, { message: `${problem}: ${reason}`, cause: error });
}
function describe(error) {
  if (sqlState(error) === "3F000") return ["unavailable", "the schema is not there"];
  if (isMissingTable(error)) return ["unavailable", "the tables are not there, call migrate()"];
  if (error instanceof RangeError) return ["too_large", "the batch is too large for one statement"];
  if (isContention(error)) return ["unavailable", "other transactions were in the way too often"];
  const state = sqlState(error);
  if (isStatementLost(state)) {
    return ["unavailable", "a pooler is between, set preparedStatements to false"];
  }
  if (state === "22P05") return ["unsupported", "the database must be encoded in UTF8"];
  switch (state?.slice(0, 2)) {
    case void 0:
      return ["unavailable", "PostgreSQL cannot be reached"];
    case "XX":
      return state === "XX000" ? ["unavailable", "PostgreSQL failed"] : ["corrupt", "what PostgreSQL has stored cannot be read"];
    case "54":
      return ["too_large", "PostgreSQL takes no value of that size"];
    case "25":
      return ["unavailable", "the database cannot be written"];
    case "53":
      return ["unavailable", "PostgreSQL has run out of something"];
    default:
      return ["unavailable", "PostgreSQL failed"];
  }
}
var UNIQUE_VIOLATION, MISSING, TRY_AGAIN, SCHEMA_RACE, NO_SUCH_STATEMENT, STATEMENT_IS_THERE;
var init_postgres_error = __esm({
  "../../packages/postgres/src/postgres-error.ts"() {
    "use strict";
    init_src();
    UNIQUE_VIOLATION = "23505";
    MISSING = /* @__PURE__ */ new Set(["42P01", "3F000"]);
    TRY_AGAIN = /* @__PURE__ */ new Set(["40001", "40P01", "55P03"]);
    SCHEMA_RACE = /* @__PURE__ */ new Set([UNIQUE_VIOLATION, "42P06", "42P07"]);
    NO_SUCH_STATEMENT = "26000";
    STATEMENT_IS_THERE = "42P05";
  }
});

// ../../packages/postgres/src/pg-pool-connections.ts
var PgPoolConnections;
var init_pg_pool_connections = __esm({
  "../../packages/postgres/src/pg-pool-connections.ts"() {
    "use strict";
    init_src4();
    init_foreign_transaction();
    init_in_transaction();
    init_pg_statement();
    init_postgres_error();
    PgPoolConnections = class {
      #options;
      #stopAbsorbing;
      constructor(options) {
        this.#options = options;
        this.#stopAbsorbing = absorbErrors(options.pool);
      }
      query(query) {
        return this.#withClient((client) => runOn(client)(query));
      }
      transaction(body) {
        return this.#withClient((client) => inTransaction(runOn(client), body));
      }
      async close() {
        const { pool: pool2, ownsPool } = this.#options;
        if (ownsPool) await pool2.end();
        else this.#stopAbsorbing();
      }
      async #withClient(body) {
        const client = await this.#acquire();
        const stopAbsorbing = absorbErrors(client);
        let isLost = false;
        try {
          return await body(client);
        } catch (error) {
          isLost = isConnectionLost(error);
          throw error instanceof RollbackFailed ? error.cause : error;
        } finally {
          if (!isLost) stopAbsorbing();
          client.release(isLost);
        }
      }
      #acquire() {
        const { pool: pool2, acquireTimeout } = this.#options;
        return borrowInTime({
          async borrow() {
            let client = await pool2.connect();
            while (isInTransaction(client)) {
              client.release(true);
              client = await pool2.connect();
            }
            return client;
          },
          giveBack: (client) => client.release(),
          timeout: acquireTimeout
        });
      }
    };
  }
});

// ../../packages/postgres/src/pglite-connection.ts
function runOn2(queries) {
  return async ({ text, values }) => {
    const { rows, affectedRows } = await queries.query(text, [...values], { rowMode: "array" });
    return { rows, changes: affectedRows ?? 0 };
  };
}
var PgliteConnection;
var init_pglite_connection = __esm({
  "../../packages/postgres/src/pglite-connection.ts"() {
    "use strict";
    PgliteConnection = class {
      #options;
      constructor(options) {
        this.#options = options;
      }
      get isPersistent() {
        const { dataDir } = this.#options.pglite;
        return dataDir !== void 0 && !dataDir.startsWith("memory:");
      }
      query(query) {
        return runOn2(this.#options.pglite)(query);
      }
      transaction(body) {
        return this.#options.pglite.transaction((transaction) => body(runOn2(transaction)));
      }
      async close() {
        if (this.#options.ownsPglite) await this.#options.pglite.close();
      }
    };
  }
});

// ../../packages/postgres/src/postgres-dialect.ts
function selectRows({ columns }, { count, guarded }) {
  const isOne = count === 1;
  const from = guarded ? [GUARD] : [];
  if (!isOne) {
    const arrays = columns.map(({ type }) => `CAST(? AS ${parameterTypes[type]}[])`).join(", ");
    const names = columns.map(({ name }) => name).join(", ");
    from.push(`unnest(${arrays}) WITH ORDINALITY AS row (${names}, place)`);
  }
  const values = columns.map(({ name, type, fromRevision }) => {
    const value = isOne ? `CAST(? AS ${parameterTypes[type]})` : `row.${name}`;
    return fromRevision ? `${GUARD}.revision + ${value}` : value;
  });
  const source = from.length === 0 ? "" : ` FROM ${from.join(", ")}`;
  return `SELECT ${values.join(", ")}${source}${isOne ? "" : " ORDER BY row.place"}`;
}
function createSchema(name) {
  const isMissing = `NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${literal(name)})`;
  return `DO ${literal(`BEGIN IF ${isMissing} THEN CREATE SCHEMA "${name}"; END IF; END`)}`;
}
function literal(text) {
  return `'${text.replaceAll("'", "''")}'`;
}
var GUARD, NEVER_KEPT, types, parameterTypes, postgresDialect;
var init_postgres_dialect = __esm({
  "../../packages/postgres/src/postgres-dialect.ts"() {
    "use strict";
    init_src4();
    init_postgres_error();
    GUARD = "guard";
    NEVER_KEPT = "generate_series(1, 5000000)";
    types = { identifier: 'text COLLATE "C"', integer: "bigint", json: "text" };
    parameterTypes = { identifier: "text", integer: "bigint", json: "text" };
    postgresDialect = {
      quote: (name) => `"${name}"`,
      types,
      tableOptions: { narrow: "", wide: "" },
      indexes: "separate",
      greatest: "greatest",
      keepRevision: (revision) => revision,
      unionBranch: (select) => sql`(${select})`,
      // The inner limit is a number that the planner does not know. It takes it for a small one, and
      // walks the index that has the order, rather than collecting all rows to sort them. The outer one
      // is known: what is joined to these rows is looked up, one by one.
      take(select, count) {
        const limit = sql`CAST(${count} AS bigint)`;
        const unknown = sql`SELECT ${limit} + count(*) FROM ${NEVER_KEPT} WHERE ${limit} < 0`;
        return sql`SELECT * FROM (${select} LIMIT (${unknown})) few LIMIT ${count}`;
      },
      compareRows: compareAsRow,
      readIndex: () => "",
      insertRows: (insert, source) => `${insertHead(insert)} ${selectRows(insert, source)}${onConflict(insert)}`,
      createSchema,
      isMissingTable
    };
  }
});

// ../../packages/postgres/src/hash-text.ts
function hashText(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return Number(BigInt.asUintN(53, hash));
}
var init_hash_text = __esm({
  "../../packages/postgres/src/hash-text.ts"() {
    "use strict";
  }
});

// ../../packages/postgres/src/statement-name.ts
function statementName(text) {
  return `holdfast_${hashText(text).toString(36)}`;
}
var StatementName;
var init_statement_name = __esm({
  "../../packages/postgres/src/statement-name.ts"() {
    "use strict";
    init_hash_text();
    StatementName = class {
      #base;
      #uses = 0;
      constructor(text) {
        this.#base = statementName(text);
      }
      /**
       * The name for the next use. PostgreSQL keeps the plan of a name, even one that was made for a
       * table of a few rows and reads the whole of it. After 10, 100, 1,000 … uses there is a new
       * name, and so a new plan, which knows how large the tables have become.
       */
      next() {
        this.#uses++;
        return `${this.#base}_${String(this.#uses).length}`;
      }
    };
  }
});

// ../../packages/postgres/src/compose-write.ts
function composeText({ guard, inserts }) {
  const parts = inserts.map(({ insert, rows }, i) => {
    const source = { count: rows.length, guarded: guard !== void 0 };
    return `write_${i} AS (${postgresDialect.insertRows(insert, source)})`;
  });
  if (guard === void 0) return `WITH ${parts.join(", ")} SELECT 0`;
  const first = `${GUARD} AS (${guard.text} RETURNING revision)`;
  return `WITH ${[first, ...parts].join(", ")} SELECT revision FROM ${GUARD}`;
}
function numberValues(text) {
  let count = 0;
  return text.replaceAll("?", () => `$${++count}`);
}
var WriteComposer;
var init_compose_write = __esm({
  "../../packages/postgres/src/compose-write.ts"() {
    "use strict";
    init_postgres_dialect();
    init_statement_name();
    WriteComposer = class {
      // By the guard's text, then by how many rows go into which table.
      #statements = /* @__PURE__ */ new Map();
      #preparedStatements;
      constructor({ preparedStatements }) {
        this.#preparedStatements = preparedStatements;
      }
      compose(write) {
        const { guard, inserts } = write;
        const shape = inserts.map(({ insert, rows }) => rows.length === 1 ? insert.table : `${insert.table}*`).join();
        const guardText = guard?.text ?? "";
        const statements = this.#statements.get(guardText) ?? /* @__PURE__ */ new Map();
        this.#statements.set(guardText, statements);
        const statement3 = statements.get(shape) ?? this.#composeStatement(write);
        statements.set(shape, statement3);
        const values = guard === void 0 ? [] : [...guard.values];
        for (const { insert, rows } of inserts) {
          const [first] = rows;
          if (rows.length === 1 && first !== void 0) values.push(...first);
          else values.push(...insert.columns.map((_, i) => rows.map((row) => row[i] ?? null)));
        }
        const { text, name } = statement3;
        return name === void 0 ? { text, values } : { text, values, name: name.next() };
      }
      #composeStatement(write) {
        const text = numberValues(composeText(write));
        return { text, name: this.#preparedStatements ? new StatementName(text) : void 0 };
      }
    };
  }
});

// ../../packages/postgres/src/compose-query.ts
var QueryComposer;
var init_compose_query = __esm({
  "../../packages/postgres/src/compose-query.ts"() {
    "use strict";
    init_compose_write();
    init_postgres_dialect();
    init_statement_name();
    QueryComposer = class {
      #queries = /* @__PURE__ */ new Map();
      #preparedStatements;
      constructor({ preparedStatements }) {
        this.#preparedStatements = preparedStatements;
      }
      compose({ text, values }) {
        let query = this.#queries.get(text);
        if (query === void 0) {
          query = this.#composeText(numberValues(text));
          this.#queries.set(text, query);
        }
        return { ...query, values };
      }
      // With a name, a text is taken apart once. One whose plan might be kept has none.
      #composeText(text) {
        if (!this.#preparedStatements || !text.includes(NEVER_KEPT)) return { text };
        return { text, name: statementName(text) };
      }
    };
  }
});

// ../../packages/postgres/src/postgres-client.ts
function lockStatement(lock) {
  return { text: "SELECT pg_advisory_xact_lock($1)", values: [hashText(lock)] };
}
var PostgresClient;
var init_postgres_client = __esm({
  "../../packages/postgres/src/postgres-client.ts"() {
    "use strict";
    init_src4();
    init_compose_query();
    init_compose_write();
    init_hash_text();
    init_postgres_error();
    PostgresClient = class {
      #connections;
      #writes;
      #queries;
      constructor(options) {
        this.#connections = options.connections;
        this.#writes = new WriteComposer(options);
        this.#queries = new QueryComposer(options);
      }
      async query(query) {
        try {
          return await this.#run(this.#queries.compose(query));
        } catch (error) {
          throw translateError(error);
        }
      }
      async write(write) {
        const query = this.#writes.compose(write);
        try {
          const [row] = await this.#run(query);
          return row === void 0 ? { type: "unmet" } : { type: "written", revision: Number(row[0]) };
        } catch (error) {
          if (isDuplicate(error)) return { type: "duplicate" };
          throw translateError(error);
        }
      }
      async transaction({ program, lock }) {
        try {
          return await retryContention(
            () => this.#connections.transaction(async (run) => {
              if (lock !== void 0) await run(lockStatement(lock));
              return await this.#runProgram(program(), run);
            }),
            // A lock does not keep out someone who creates another service's tables in the schema.
            (error) => isContention(error) || isSchemaRace(error)
          );
        } catch (error) {
          throw translateError(error);
        }
      }
      async close() {
        try {
          await this.#connections.close();
        } catch (error) {
          throw translateError(error);
        }
      }
      async #run(query) {
        try {
          return (await this.#connections.query(query)).rows;
        } catch (error) {
          if (!isContention(error)) throw error;
        }
        return retryContention(
          () => this.#connections.transaction(async (run) => (await run(query)).rows),
          isContention
        );
      }
      async #runProgram(program, run) {
        let step = program.next();
        while (step.done !== true) step = program.next(await run(this.#queries.compose(step.value)));
        return step.value;
      }
    };
  }
});

// ../../packages/postgres/src/postgres-session-service.ts
function printMigrations2(options = {}) {
  return printMigrations(postgresDialect, options);
}
function connectionsOf(options) {
  const { client, closeClient = false } = options;
  checkFlag("closeClient", closeClient);
  const acquireTimeout = checkAcquireTimeout(options);
  if (isPool(client)) {
    return new PgPoolConnections({
      pool: client,
      ownsPool: closeClient,
      acquireTimeout
    });
  }
  if (typeof client?.transaction === "function") {
    return new PgliteConnection({ pglite: client, ownsPglite: closeClient });
  }
  if (typeof client?.query !== "function") {
    throw invalidArgument("client", "must be a Pool or a Client of pg, or a PGlite");
  }
  if (isUnconnected(client)) throw invalidArgument("client", "must be connected: call connect()");
  return new PgClientConnection({
    client,
    ownsClient: closeClient
  });
}
function isUnconnected(client) {
  const { _connected, _connecting } = client;
  return _connected === false && _connecting === false;
}
function isPool(client) {
  return typeof client?.totalCount === "number";
}
var PostgresSessionService;
var init_postgres_session_service = __esm({
  "../../packages/postgres/src/postgres-session-service.ts"() {
    "use strict";
    init_src();
    init_src4();
    init_open_pool();
    init_pg_client_connection();
    init_pg_pool_connections();
    init_pglite_connection();
    init_postgres_client();
    init_postgres_dialect();
    init_postgres_error();
    PostgresSessionService = class _PostgresSessionService extends SqlSessionService {
      /**
       * A service over connections that are there. Call `migrate()` before its first use, unless
       * the tables are there. An option that is out of range is `invalid_argument`.
       */
      constructor(options) {
        checkOptions(options);
        const { preparedStatements = true } = options;
        checkFlag("preparedStatements", preparedStatements);
        const connections = connectionsOf(options);
        const isLocal = connections instanceof PgliteConnection;
        super({
          tablePrefix: options.tablePrefix,
          schema: options.schema,
          maxEventBytes: options.maxEventBytes,
          now: options.now,
          client: new PostgresClient({ connections, preparedStatements }),
          dialect: postgresDialect,
          capabilities: {
            persistent: !isLocal || connections.isPersistent,
            shared: !isLocal,
            evicts: false,
            atomicAppState: true,
            listAllUsers: true
          }
        });
      }
      /**
       * Opens a pool and brings the tables up to date. `close()` ends the pool. `unsupported` where
       * `pg` is not installed, or the schema is newer; `unavailable` where the server cannot be
       * reached.
       */
      static async open(options) {
        checkOptions(options);
        const { url, maxConnections: _, migrate = true, ...rest } = options;
        checkFlag("migrate", migrate);
        const maxConnections = checkMaxConnections(options);
        const acquireTimeout = checkAcquireTimeout(rest);
        const client = await openPool({ url, maxConnections, connectTimeout: acquireTimeout });
        try {
          const service = new _PostgresSessionService({ ...rest, client, closeClient: true });
          await (migrate ? service.migrate() : service.checkSchema());
          return service;
        } catch (error) {
          await client.end().catch(() => {
          });
          throw translateError(error);
        }
      }
    };
  }
});

// ../../packages/postgres/src/index.ts
var src_exports = {};
__export(src_exports, {
  PostgresSessionService: () => PostgresSessionService,
  printMigrations: () => printMigrations2
});
var init_src5 = __esm({
  "../../packages/postgres/src/index.ts"() {
    "use strict";
    init_postgres_session_service();
  }
});

// .perf-wp.ts
import pg from "pg";

// src/contestants/sample-event.ts
var APP = "bench";
var FIRST_TIME = Date.now() + 6e4;
function sampleDelta(n) {
  return { turn: n, "user:lastCity": "Lisbon", "app:answers": n };
}
function eventId(n) {
  return `event-${n}`;
}
function sampleEvent(n, stateDelta = sampleDelta(n)) {
  return {
    id: eventId(n),
    invocationId: `invocation-${n >> 2}`,
    author: "assistant",
    timestamp: FIRST_TIME + n,
    content: {
      role: "model",
      parts: [
        { text: `The weather in Lisbon is fine today, and it will stay so (${n}).` },
        { functionCall: { id: `call-${n}`, name: "weather", args: { city: "Lisbon", days: 3 } } }
      ]
    },
    actions: { stateDelta }
  };
}
function manyKeys(count) {
  const entries = [];
  for (const prefix of ["", "user:", "app:"]) {
    for (let i = 0; i < count; i++) entries.push([`${prefix}key-${i}`, i]);
  }
  return Object.fromEntries(entries);
}

// src/seeds/event-template.ts
var NUMBER_MARK = "987654321";
var TIME_MARK = "123456789012";
var EVENT_TEMPLATE = JSON.stringify({
  ...sampleEvent(Number(NUMBER_MARK)),
  timestamp: Number(TIME_MARK)
});

// src/seeds/seed-postgres.ts
async function seedPostgres(client, { tables, fill }) {
  const { user, sessions, from, count } = fill;
  if (from === 0) {
    await client.query(
      `INSERT INTO ${tables.sessions}
       SELECT $1, $2, id, $4 + i, $4 + i, 0, '{}' FROM unnest($3::text[]) WITH ORDINALITY t(id, i)`,
      [APP, user, sessions, FIRST_TIME - 1e6]
    );
    await client.query(
      `INSERT INTO ${tables.state}
       SELECT $1, $2, id, 'turn', '0' FROM unnest($3::text[]) id
       UNION ALL VALUES ($1, $2, '', 'lastCity', '"Lisbon"'), ($1, '', '', 'answers', '0')
       ON CONFLICT DO NOTHING`,
      [APP, user, sessions]
    );
  }
  if (count === 0) return;
  await client.query(
    `INSERT INTO ${tables.events}
     SELECT $1, $2, id, n + 1, 'event-' || n, $3::bigint + n,
       replace(replace($4, $5, n::text), $6, ($3::bigint + n)::text)
     FROM unnest($7::text[]) id, generate_series($8::int, $9::int) n`,
    [
      ...[APP, user, FIRST_TIME, EVENT_TEMPLATE, NUMBER_MARK, TIME_MARK],
      ...[sessions, from, from + count - 1]
    ]
  );
  await client.query(
    `UPDATE ${tables.sessions} SET revision = $4, last_update_time = $5
     WHERE app_name = $1 AND user_id = $2 AND session_id = ANY ($3::text[])`,
    [APP, user, sessions, from + count, FIRST_TIME + from + count - 1]
  );
}
async function settlePostgres(client) {
  await client.query("VACUUM ANALYZE");
}

// src/seeds/seed-tables.ts
var BARE_TABLES = { sessions: "sessions", events: "events", state: "state" };
var HOLDFAST_TABLES = {
  sessions: "holdfast_sessions",
  events: "holdfast_events",
  state: "holdfast_state"
};

// src/contestants/holdfast/service-store.ts
var EVENTS_PER_CALL = 500;
var CALLS_AT_ONCE = 32;
function serviceStore(service, extras = {}) {
  return {
    fill: (request) => fillByCalls(service, request),
    createWithState: ({ user, session, keys }) => service.create({
      ...{ appName: APP, userId: user, sessionId: session },
      state: manyKeys(keys)
    }),
    append: ({ user, session, n, delta }) => service.appendEvent({
      appName: APP,
      userId: user,
      sessionId: session,
      event: sampleEvent(n, delta)
    }),
    recent: ({ user, session, count }) => service.get({ appName: APP, userId: user, sessionId: session, numRecentEvents: count }),
    full: ({ user, session }) => service.get({ appName: APP, userId: user, sessionId: session }),
    list: async ({ user, limit }) => (await service.list({ appName: APP, userId: user, limit })).sessions,
    async audit({ user, session }) {
      const found = await service.get({ appName: APP, userId: user, sessionId: session });
      if (found === void 0) throw new Error("the session is missing");
      const { events, state } = found;
      return {
        ids: events.map(({ id: id2 }) => id2),
        seqs: events.map(({ seq }) => seq ?? 0),
        state: state.toJSON()
      };
    },
    ...extras,
    close: async () => {
      await service.close();
      await extras.close?.();
    }
  };
}
async function fillByCalls(service, request) {
  const { user, sessions, from, count } = request;
  const fillOne = async (sessionId) => {
    const key3 = { appName: APP, userId: user, sessionId };
    if (from === 0) await service.create(key3);
    for (let first = from; first < from + count; first += EVENTS_PER_CALL) {
      const length = Math.min(EVENTS_PER_CALL, from + count - first);
      const events = Array.from({ length }, (_, i) => sampleEvent(first + i));
      await service.appendEvents({ ...key3, events });
    }
  };
  for (let first = 0; first < sessions.length; first += CALLS_AT_ONCE) {
    await Promise.all(sessions.slice(first, first + CALLS_AT_ONCE).map(fillOne));
  }
}

// src/contestants/holdfast/postgres.ts
var postgres = {
  id: "postgres",
  name: "Holdfast",
  kind: "holdfast",
  group: "postgres",
  packages: ["@holdfast/postgres", "pg"],
  note: "An append is one statement, for the event and for state in three scopes.",
  async open({ postgresUrl: url }) {
    const { PostgresSessionService: PostgresSessionService2 } = await Promise.resolve().then(() => (init_src5(), src_exports));
    const { default: pg2 } = await import("pg");
    const service = await PostgresSessionService2.open({ url, maxConnections: 16 });
    const seeder = new pg2.Client(url);
    await seeder.connect();
    return serviceStore(service, {
      fill: (fill) => seedPostgres(seeder, { tables: HOLDFAST_TABLES, fill }),
      settle: () => settlePostgres(seeder),
      close: () => seeder.end()
    });
  }
};

// src/contestants/state-row.ts
function stateRows2({ user, session }, delta) {
  const rows = [];
  for (const key3 of Object.keys(delta)) {
    const value = JSON.stringify(delta[key3]);
    if (key3.startsWith("app:")) {
      rows.push({ app: APP, user: "", session: "", name: key3.slice(4), value });
    } else if (key3.startsWith("user:")) {
      rows.push({ app: APP, user, session: "", name: key3.slice(5), value });
    } else {
      rows.push({ app: APP, user, session, name: key3, value });
    }
  }
  return rows;
}

// src/contestants/scoped-state.ts
var PREFIXES = { session: "", user: "user:", app: "app:" };
function mergeScopes(entries) {
  const state = {};
  for (const [scope, name, json] of entries) state[PREFIXES[scope] + name] = JSON.parse(json);
  return state;
}

// src/contestants/limits/parse-rows.ts
function parseRows(rows) {
  const events = [];
  const entries = [];
  let found = false;
  for (const [kind, name, body] of rows) {
    if (kind === "event") events.push({ seq: Number(name), event: JSON.parse(body) });
    else if (kind === "head") found = true;
    else entries.push([kind, String(name), body]);
  }
  if (!found) throw new Error("the session is missing");
  events.sort((a, b) => a.seq - b.seq);
  return { events, state: mergeScopes(entries) };
}
function auditRows(rows) {
  const { events, state } = parseRows(rows);
  return {
    ids: events.map(({ event }) => String(event["id"])),
    seqs: events.map(({ seq }) => seq),
    state
  };
}

// src/contestants/limits/postgres-statements.ts
var id = (name) => `${name} text COLLATE "C" NOT NULL`;
var key2 = ["app_name", "user_id", "session_id"];
var keyColumns2 = key2.map(id).join(", ");
var keyList = key2.join(", ");
var POSTGRES_TABLES = `
  CREATE TABLE sessions (
    ${keyColumns2}, create_time bigint NOT NULL, last_update_time bigint NOT NULL,
    revision bigint NOT NULL, initial_state text NOT NULL, PRIMARY KEY (${keyList})
  );
  CREATE INDEX sessions_by_user ON sessions (app_name, user_id, last_update_time, session_id);
  CREATE INDEX sessions_by_time ON sessions (app_name, last_update_time, user_id, session_id);
  CREATE TABLE events (
    ${keyColumns2}, seq bigint NOT NULL, ${id("event_id")}, timestamp bigint NOT NULL,
    body text NOT NULL, PRIMARY KEY (${keyList}, seq), UNIQUE (${keyList}, event_id)
  );
  CREATE INDEX events_by_time ON events (${keyList}, timestamp);
  CREATE TABLE state (
    ${keyColumns2}, ${id("name")}, value text, PRIMARY KEY (${keyList}, name)
  );`;
var POSTGRES_APPEND = `
  WITH advanced AS (
    UPDATE sessions
    SET revision = revision + 1, last_update_time = greatest(last_update_time, $4)
    WHERE app_name = $1 AND user_id = $2 AND session_id = $3
    RETURNING revision
  ), event AS (
    INSERT INTO events SELECT $1, $2, $3, revision, $5, $4, $6 FROM advanced
  ), state AS (
    INSERT INTO state
    SELECT s.* FROM advanced, unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) s
    ON CONFLICT (app_name, user_id, session_id, name) DO UPDATE SET value = excluded.value
  )
  SELECT revision FROM advanced`;
var READ = `
  SELECT 'head' AS kind, '' AS name, '' AS body FROM sessions
  WHERE app_name = $1 AND user_id = $2 AND session_id = $3
  UNION ALL SELECT 'session', name, value FROM state
  WHERE app_name = $1 AND user_id = $2 AND session_id = $3 AND value IS NOT NULL
  UNION ALL SELECT 'user', name, value FROM state
  WHERE app_name = $1 AND user_id = $2 AND session_id = '' AND value IS NOT NULL
  UNION ALL SELECT 'app', name, value FROM state
  WHERE app_name = $1 AND user_id = '' AND session_id = '' AND value IS NOT NULL
  UNION ALL (SELECT 'event', CAST(seq AS text) AS number, body FROM events
  WHERE app_name = $1 AND user_id = $2 AND session_id = $3`;
var POSTGRES_FULL = `${READ})`;
function postgresRecent(count) {
  return `${READ} ORDER BY seq DESC LIMIT ${count})`;
}
function postgresList(limit) {
  return `
    SELECT session_id, create_time, last_update_time, revision FROM sessions
    WHERE app_name = $1 AND user_id = $2
    ORDER BY last_update_time DESC, session_id DESC LIMIT ${limit}`;
}

// src/contestants/limits/bare-postgres.ts
var barePostgres = {
  id: "bare-postgres",
  name: "one bare statement",
  kind: "limit",
  group: "postgres",
  packages: ["pg"],
  note: "The same tables, indexes and JSON; each call is one prepared statement over a pool of `pg`.",
  async open({ postgresUrl }) {
    const { default: pg2 } = await import("pg");
    const pool2 = new pg2.Pool({ connectionString: postgresUrl, max: 16 });
    await pool2.query(POSTGRES_TABLES);
    const seeder = new pg2.Client(postgresUrl);
    await seeder.connect();
    const read = async (query, { user, session }) => {
      const { rows } = await pool2.query({
        ...query,
        values: [APP, user, session],
        rowMode: "array"
      });
      return rows;
    };
    const full = { name: "full", text: POSTGRES_FULL };
    return {
      append: appendOver(pool2),
      fill: (fill) => seedPostgres(seeder, { tables: BARE_TABLES, fill }),
      settle: () => settlePostgres(seeder),
      recent: async ({ count, ...name }) => {
        const query = { name: `recent-${count}`, text: postgresRecent(count) };
        return parseRows(await read(query, name)).events;
      },
      full: async (name) => parseRows(await read(full, name)).events,
      list: async ({ user, limit }) => {
        const query = { name: `list-${limit}`, text: postgresList(limit) };
        return (await pool2.query({ ...query, values: [APP, user] })).rows;
      },
      audit: async (name) => auditRows(await read(full, name)),
      async close() {
        await seeder.end();
        await pool2.end();
      }
    };
  }
};
function appendOver(pool2) {
  return async ({ user, session, n, delta }) => {
    const event = sampleEvent(n, delta);
    const state = stateRows2({ user, session }, delta);
    const { rows } = await pool2.query({
      name: "append",
      text: POSTGRES_APPEND,
      values: [
        ...[APP, user, session, event.timestamp, event.id, JSON.stringify(event)],
        state.map((row) => row.app),
        state.map((row) => row.user),
        state.map((row) => row.session),
        state.map((row) => row.name),
        state.map((row) => row.value)
      ]
    });
    if (rows.length !== 1) throw new Error("the session is missing");
    return rows[0];
  };
}

// src/questions/run-load.ts
var WRITERS = 16;
var MOST_APPENDS = 2500;
var EVENTS_PER_WRITER = 1e6;
async function runLoad(store, options) {
  const { user, ms } = options;
  const sessions = Array.from({ length: options.sessions }, (_, i) => `${user}-${i}`);
  await store.fill({ user, sessions, from: 0, count: 0 });
  const writers = Array.from({ length: WRITERS }, (_, id2) => {
    return { id: id2, session: sessions[id2 % sessions.length] ?? "", acknowledged: [] };
  });
  const failures = [];
  const start = performance.now();
  const isOver = (round) => round >= MOST_APPENDS || performance.now() - start > ms;
  const together = store.appendTogether?.bind(store);
  if (together !== void 0) {
    for (let round = 0; !isOver(round); round++) {
      await together(writers.map((writer) => requestOf(writer, { ...options, round })));
      for (const writer of writers) acknowledge(writer, round);
    }
  } else {
    const write = async (writer) => {
      for (let round = 0; !isOver(round); round++) {
        try {
          await store.append(requestOf(writer, { ...options, round }));
          acknowledge(writer, round);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(writers.map(write));
  }
  const seconds = (performance.now() - start) / 1e3;
  const acknowledged = writers.reduce((sum, each) => sum + each.acknowledged.length, 0);
  return {
    ...options,
    rate: acknowledged / seconds,
    writers,
    refused: failures.length,
    ...failures.length > 0 ? { failure: messageOf(failures[0]) } : {}
  };
}
function keysOf({ id: id2 }, { app }) {
  const key3 = `writer-${id2}`;
  return app ? [key3, `user:${key3}`, `app:${key3}`] : [key3, `user:${key3}`];
}
function requestOf(writer, at) {
  const { user, round } = at;
  return {
    user,
    session: writer.session,
    writer: writer.id,
    n: numberOf(writer, round),
    delta: Object.fromEntries(keysOf(writer, at).map((key3) => [key3, round]))
  };
}
function numberOf({ id: id2 }, round) {
  return id2 * EVENTS_PER_WRITER + round;
}
function acknowledge(writer, round) {
  writer.acknowledged.push(eventId(numberOf(writer, round)));
  writer.last = round;
}
function messageOf(error) {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0]?.slice(0, 120) ?? "";
}

// .perf-wp.ts
var base = "postgres://postgres@127.0.0.1:5432/";
var admin = new pg.Client(base + "test");
await admin.connect();
var stores = {};
var only = process.argv[2];
for (const [n, c] of [["bare", barePostgres], ["ours", postgres]]) {
  if (only && only !== n) continue;
  await admin.query(`DROP DATABASE IF EXISTS perf_${n}`);
  await admin.query(`CREATE DATABASE perf_${n}`);
  stores[n] = await c.open({ postgresUrl: base + `perf_${n}` });
}
var k = 0;
for (let r = 0; r < 8; r++) {
  let line = "";
  for (const n of Object.keys(stores)) {
    const c = process.cpuUsage();
    const l = await runLoad(stores[n], { user: `u${k++}`, sessions: 16, app: false, ms: 1e3 });
    const u = process.cpuUsage(c);
    line += `${n} ${(1e6 / l.rate).toFixed(1)} us (node cpu ${((u.user + u.system) / l.rate).toFixed(0)})  `;
  }
  console.log(line);
}
for (const n of Object.keys(stores)) {
  await stores[n].close();
  await admin.query(`DROP DATABASE perf_${n}`);
}
await admin.end();
