import type { SqliteDriverName } from './sqlite-driver.ts';

/** What drivers have beside what the service asks of them. */
export interface OwnersDatabase {
  defaultSafeIntegers(): unknown;
  unsafeMode(): unknown;
  setAuthorizer(decide: (action: number) => number): unknown;
  authorizer(rules: object): unknown;
  enableDefensive(active: boolean): unknown;
  close(): unknown;
}

/** An option of a driver, or what a driver lets its owner switch. */
export interface DriverOption {
  readonly setting: string;
  readonly tried: string;
  /** `refused`: the message names the option. `harmless`: it changes no answer. */
  readonly effect: 'refused' | 'harmless';
  /** Of a refusal. `invalid_argument` comes from the constructor. */
  readonly code?: 'invalid_argument' | 'misconfigured';
  readonly driver: SqliteDriverName;
  /** What it is opened with. */
  readonly options?: object | number;
  /** What its owner does after it was opened. */
  readonly prepare?: (client: OwnersDatabase) => unknown;
}

const ofNode = { driver: 'node:sqlite' } as const;
const ofBetter = { driver: 'better-sqlite3' } as const;
const ofLibsql = { driver: 'libsql' } as const;
const ofBun = { driver: 'bun:sqlite' } as const;

type Driver = Pick<DriverOption, 'driver'>;

// https://www.sqlite.org/c3ref/c_alter_table.html, and what an authorizer answers.
const SQLITE_INSERT = 18;
const SQLITE_DENY = 1;
// https://www.sqlite.org/c3ref/c_open_autoproxy.html
const OPEN_READONLY = 1;
const OPEN_READWRITE_CREATE = 2 | 4;

/** What of the drivers' options could change an answer, and what is done about it. */
export const DRIVER_OPTIONS: readonly DriverOption[] = [
  ...harmless(ofNode, [
    { readBigInts: true },
    { returnArrays: true },
    { allowBareNamedParameters: false },
    { allowUnknownNamedParameters: true },
    { enableForeignKeyConstraints: false },
    { enableDoubleQuotedStringLiterals: true },
    { allowExtension: true },
    { defensive: true },
    { defensive: false },
    { timeout: 60_000 },
    { open: true },
    { limits: { attach: 0, likePatternLength: 1, triggerDepth: 1, functionArg: 6 } },
  ]),
  ...refused(ofNode, [{ readOnly: true }]),
  ...refused(ofNode, [{ open: false }], 'invalid_argument'),
  ...refused(ofNode, [
    { limits: { variableNumber: 3 } },
    { limits: { compoundSelect: 1 } },
    { limits: { exprDepth: 1 } },
  ]),
  switched(ofNode, 'enableDefensive', (client) => client.enableDefensive(true)),
  {
    ...ofNode,
    setting: 'authorizer',
    tried: 'denies an insert',
    effect: 'refused',
    code: 'misconfigured',
    prepare: (client) =>
      client.setAuthorizer((action) => (action === SQLITE_INSERT ? SQLITE_DENY : 0)),
  },

  ...harmless(ofBetter, [{ fileMustExist: true }, { timeout: 60_000 }, { verbose: () => {} }]),
  ...refused(ofBetter, [{ readonly: true }]),
  switched(ofBetter, 'defaultSafeIntegers', (client) => client.defaultSafeIntegers()),
  switched(ofBetter, 'unsafeMode', (client) => client.unsafeMode()),

  ...harmless(ofLibsql, [
    { timeout: 60_000 },
    { authToken: 'a token' },
    { readYourWrites: false },
    { encryptionKey: 'secret' },
    { encryptionCipher: 'aes256cbc', encryptionKey: 'secret' },
    { syncPeriod: 1 },
  ]),
  switched(ofLibsql, 'defaultSafeIntegers', (client) => client.defaultSafeIntegers()),
  {
    ...ofLibsql,
    setting: 'authorizer',
    tried: 'denies a table',
    effect: 'refused',
    code: 'misconfigured',
    prepare: (client) => client.authorizer({ holdfast_events: 1 }),
  },

  ...harmless(ofBun, [
    { safeIntegers: true },
    { strict: true },
    { safeIntegers: true, strict: true },
    { readwrite: true, create: true },
  ]),
  ...refused(ofBun, [{ readonly: true }]),
  {
    ...ofBun,
    setting: 'flags',
    tried: 'OPEN_READWRITE',
    effect: 'harmless',
    options: OPEN_READWRITE_CREATE,
  },
  {
    ...ofBun,
    setting: 'readonly',
    tried: 'OPEN_READONLY',
    effect: 'refused',
    code: 'misconfigured',
    options: OPEN_READONLY,
  },
];

function harmless(of: Driver, all: readonly object[]): readonly DriverOption[] {
  return all.map((options) => ({ ...of, ...nameOf(options), effect: 'harmless', options }));
}

function refused(
  of: Driver,
  all: readonly object[],
  code: DriverOption['code'] = 'misconfigured',
): readonly DriverOption[] {
  return all.map((options) => ({ ...of, ...nameOf(options), effect: 'refused', code, options }));
}

function switched(
  of: Driver,
  setting: string,
  prepare: (client: OwnersDatabase) => unknown,
): DriverOption {
  return { ...of, setting, tried: 'true', effect: 'harmless', prepare };
}

/** The first option of those that are given together, and its value. */
function nameOf(options: object): Pick<DriverOption, 'setting' | 'tried'> {
  const [[setting, value] = ['', undefined], ...others] = Object.entries(options);
  const beside = others.map(([name]) => ` with ${name}`).join('');
  return { setting, tried: textOf(value) + beside };
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' ? JSON.stringify(value).replaceAll('"', '') : String(value);
}
