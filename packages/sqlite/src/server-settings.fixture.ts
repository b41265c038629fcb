import type { SqliteDriverName } from './sqlite-driver.ts';

/** A setting of a connection, of a file or of a driver. */
export interface ServerSetting {
  readonly setting: string;
  readonly tried: string;
  /**
   * `pinned`: it is set to what the service needs. `refused`: calls are `misconfigured`, and the
   * message names the setting. `harmless`: calls answer as usual, though nothing is done about it.
   */
  readonly effect: 'pinned' | 'refused' | 'harmless';
  /** Whether it is a `PRAGMA` of a connection, or one that stays in the file. */
  readonly of: 'connection' | 'file';
  /** @default every driver: some do not let it be set */
  readonly takenBy?: SqliteDriverName;
}

type Rows = readonly (readonly [setting: string, ...tried: string[]])[];

const HARMLESS: Rows = [
  ['short_column_names', 'off'],
  ['full_column_names', 'on'],
  ['empty_result_callbacks', 'on'],
  ['case_sensitive_like', 'on'],
  ['reverse_unordered_selects', 'on'],
  ['recursive_triggers', 'on'],
  ['foreign_keys', 'off', 'on'],
  ['defer_foreign_keys', 'on'],
  ['ignore_check_constraints', 'on'],
  ['read_uncommitted', 'on'],
  ['locking_mode', 'exclusive'],
  ['journal_mode', 'wal', 'delete', 'truncate', 'persist'],
  // It decides what a power failure may lose, as the owner has chosen.
  ['synchronous', 'off', 'normal', 'full', 'extra'],
  ['fullfsync', 'on'],
  ['checkpoint_fullfsync', 'on'],
  ['temp_store', 'file', 'memory'],
  ['cell_size_check', 'on'],
  ['legacy_alter_table', 'on'],
  ['trusted_schema', 'off'],
  ['writable_schema', 'on'],
  ['cache_size', '1', '-100', '0'],
  ['cache_spill', 'off', '1'],
  ['wal_autocheckpoint', '0', '1'],
  ['journal_size_limit', '0', '1000'],
  ['mmap_size', '0', '268435456'],
  ['secure_delete', 'on', 'fast'],
  ['automatic_index', 'off'],
  ['analysis_limit', '1'],
  ['threads', '4'],
  // While there is room.
  ['max_page_count', '10000'],
  ['soft_heap_limit', '1000000000'],
  ['hard_heap_limit', '2000000000'],
];

const HARMLESS_IN_FILE: Rows = [
  ['page_size', '512', '65536'],
  ['auto_vacuum', 'full', 'incremental'],
  ['application_id', '7'],
  ['user_version', '7'],
  ['journal_mode', 'wal', 'persist'],
];

/** What of SQLite's settings could change an answer, and what is done about it. */
export const SERVER_SETTINGS: readonly ServerSetting[] = [
  ...rowsOf({ of: 'connection', effect: 'pinned' }, [['busy_timeout', '0', '60000']]),
  ...rowsOf({ of: 'connection', effect: 'refused' }, [
    ['count_changes', 'on'],
    ['journal_mode', 'memory'],
    ['query_only', 'on'],
  ]),
  {
    setting: 'journal_mode',
    tried: 'off',
    effect: 'refused',
    of: 'connection',
    takenBy: 'libsql',
  },
  ...rowsOf({ of: 'file', effect: 'refused' }, [['encoding', "'UTF-16'", "'UTF-16be'"]]),
  ...rowsOf({ of: 'connection', effect: 'harmless' }, HARMLESS),
  ...rowsOf({ of: 'file', effect: 'harmless' }, HARMLESS_IN_FILE),
];

function rowsOf(kind: Pick<ServerSetting, 'of' | 'effect'>, rows: Rows): readonly ServerSetting[] {
  return rows.flatMap(([setting, ...all]) => all.map((tried) => ({ setting, tried, ...kind })));
}
