/**
 * What is listed for a session, but is about a replica, a Galera node, a full-text index, or how many
 * connections there may be.
 */
export const OF_SOMETHING_ELSE =
  /^(wsrep_.*|max_user_connections|max_relay_log_size|sql_slave_skip_counter|innodb_ft_user_stopword_table)$/;

/** A setting of MariaDB or MySQL that could change an answer, or could be thought to. */
export interface ServerSetting {
  readonly setting: string;
  readonly tried: string;
  /**
   * On the connections that `open` makes. `pinned`: they are set to something else. `refused`: calls
   * are `misconfigured`, and the message names the setting. `harmless`: every call answers as usual,
   * though nothing is done about it.
   */
  readonly effect: 'pinned' | 'refused' | 'harmless';
  /** On a connection that was brought: it is never set. */
  readonly brought: 'refused' | 'harmless';
  /**
   * How it can be set: for the connections that are made from then on, for one connection, or when
   * the server starts.
   */
  readonly level: 'global' | 'session' | 'startup';
}

type Row = readonly [setting: string, ...tried: readonly string[]];

// What would change an answer, or keep a call from one.
const PINNED: readonly Row[] = [
  ['autocommit', 'OFF'],
  ['completion_type', 'CHAIN', 'RELEASE'],
  ['max_join_size', '1'],
  ['sql_mode', 'EMPTY_STRING_IS_NULL', 'ORACLE'],
  ['sql_select_limit', '0', '1'],
  ['tmp_disk_table_size', '1024'],
  ['tx_isolation', 'READ-UNCOMMITTED'],
  ['tx_read_only', 'ON'],
  ['unique_checks', 'OFF'],
];

// What is set so that a call does as it always does, and changes no answer without that.
const PINNED_IN_ANY_CASE: readonly Row[] = [
  ['collation_connection', 'utf8mb4_bin', 'utf8mb4_turkish_ci', 'utf8mb4_nopad_bin'],
  ['foreign_key_checks', 'OFF'],
  ['idle_readonly_transaction_timeout', '1'],
  ['idle_transaction_timeout', '1'],
  ['idle_write_transaction_timeout', '1'],
  ['innodb_lock_wait_timeout', '1', '100000000'],
  ['lock_wait_timeout', '1'],
  ['max_sort_length', '64'],
  ['max_statement_time', '30'],
  ['sql_auto_is_null', 'ON'],
  ['sql_big_selects', 'OFF'],
  [
    'sql_mode',
    '',
    'ANSI',
    'NO_BACKSLASH_ESCAPES',
    'STRICT_ALL_TABLES',
    'TRADITIONAL',
    'DB2,MAXDB,MSSQL,MYSQL323,MYSQL40,POSTGRESQL',
    'ALLOW_INVALID_DATES,HIGH_NOT_PRECEDENCE,IGNORE_BAD_TABLE_OPTIONS,IGNORE_SPACE,NO_AUTO_VALUE_ON_ZERO,NO_DIR_IN_CREATE,NO_UNSIGNED_SUBTRACTION,ONLY_FULL_GROUP_BY,PAD_CHAR_TO_FULL_LENGTH,PIPES_AS_CONCAT,REAL_AS_FLOAT,SIMULTANEOUS_ASSIGNMENT,TIME_ROUND_FRACTIONAL',
  ],
  ['sql_safe_updates', 'ON'],
  ['tx_isolation', 'READ-COMMITTED', 'REPEATABLE-READ', 'SERIALIZABLE'],
];

// What mysql2 sets when it connects.
const PINNED_FOR_ONE: readonly Row[] = [
  ['character_set_client', 'latin1', 'utf8mb3'],
  ['character_set_connection', 'latin1', 'ucs2'],
  ['character_set_results', 'latin1', 'NULL'],
];

const REFUSED: readonly Row[] = [
  ['binlog_format', 'STATEMENT'],
  ['enforce_storage_engine', 'MyISAM'],
  ['max_allowed_packet', '1024'],
  ['max_session_mem_used', '8192'],
];

const HARMLESS: readonly Row[] = [
  ['alter_algorithm', 'COPY', 'INPLACE', 'NOCOPY', 'INSTANT'],
  ['analyze_max_length', '32'],
  ['analyze_sample_percentage', '0'],
  ['aria_repair_threads', '128'],
  ['aria_sort_buffer_size', '16352'],
  ['aria_stats_method', 'nulls_equal', 'nulls_ignored'],
  ['auto_increment_increment', '65535'],
  ['auto_increment_offset', '65535'],
  ['big_tables', 'ON'],
  ['binlog_alter_two_phase', 'ON'],
  ['binlog_annotate_row_events', 'OFF'],
  ['binlog_direct_non_transactional_updates', 'ON'],
  ['binlog_format', 'ROW'],
  ['binlog_row_image', 'MINIMAL', 'NOBLOB'],
  ['bulk_insert_buffer_size', '0'],
  ['character_set_database', 'latin1'],
  ['character_set_filesystem', 'latin1'],
  ['character_set_server', 'latin1'],
  ['check_constraint_checks', 'OFF'],
  ['collation_database', 'latin1_swedish_ci'],
  ['collation_server', 'latin1_swedish_ci'],
  ['column_compression_threshold', '0'],
  ['column_compression_zlib_level', '0'],
  ['column_compression_zlib_strategy', 'FILTERED', 'HUFFMAN_ONLY', 'RLE', 'FIXED'],
  ['column_compression_zlib_wrap', 'ON'],
  ['deadlock_search_depth_long', '0'],
  ['deadlock_search_depth_short', '0'],
  ['deadlock_timeout_long', '0'],
  ['deadlock_timeout_short', '0'],
  ['default_regex_flags', 'DOTALL,EXTENDED,MULTILINE'],
  ['default_storage_engine', 'MyISAM'],
  ['default_tmp_storage_engine', 'MyISAM'],
  ['default_week_format', '7'],
  ['div_precision_increment', '0'],
  ['eq_range_index_dive_limit', '0'],
  ['expensive_subquery_limit', '0'],
  ['explicit_defaults_for_timestamp', 'OFF'],
  ['group_concat_max_len', '4'],
  ['gtid_domain_id', '4294967295'],
  ['histogram_size', '0'],
  ['histogram_type', 'SINGLE_PREC_HB', 'JSON_HB'],
  ['innodb_compression_default', 'ON'],
  ['innodb_default_encryption_key_id', '4294967295'],
  ['innodb_ft_enable_stopword', 'OFF'],
  ['innodb_snapshot_isolation', 'ON'],
  ['innodb_strict_mode', 'OFF'],
  ['innodb_table_locks', 'OFF'],
  ['innodb_tmpdir', '/tmp'],
  ['interactive_timeout', '1'],
  ['in_predicate_conversion_threshold', '0'],
  ['join_buffer_size', '128'],
  ['join_buffer_space_limit', '2048'],
  ['join_cache_level', '0'],
  ['keep_files_on_create', 'ON'],
  ['lc_messages', 'de_DE', 'ja_JP'],
  ['lc_time_names', 'ja_JP'],
  ['log_disabled_statements', 'slave,sp'],
  ['log_queries_not_using_indexes', 'ON'],
  ['log_slow_admin_statements', 'OFF'],
  ['log_slow_disabled_statements', 'admin,call,slave,sp'],
  ['log_slow_filter', ''],
  ['log_slow_max_warnings', '0'],
  ['log_slow_min_examined_row_limit', '4294967295'],
  ['log_slow_query', 'ON'],
  ['log_slow_query_time', '0'],
  ['log_slow_rate_limit', '4294967295'],
  ['log_slow_slave_statements', 'OFF'],
  ['log_slow_verbosity', 'innodb,query_plan,explain,engine,warnings,full'],
  ['log_warnings', '0'],
  ['long_query_time', '0'],
  ['low_priority_updates', 'ON'],
  ['max_delayed_threads', '0'],
  ['max_error_count', '0'],
  ['max_heap_table_size', '16384'],
  ['max_insert_delayed_threads', '0'],
  ['max_length_for_sort_data', '4'],
  ['max_recursive_iterations', '0'],
  ['max_rowid_filter_size', '1024'],
  ['max_seeks_for_key', '1'],
  ['max_sp_recursion_depth', '255'],
  ['max_tmp_tables', '1'],
  ['min_examined_row_limit', '4294967295'],
  ['mrr_buffer_size', '8192'],
  ['myisam_repair_threads', '18446744073709551615'],
  ['myisam_sort_buffer_size', '4096'],
  ['myisam_stats_method', 'NULLS_EQUAL', 'NULLS_IGNORED'],
  ['net_buffer_length', '1024'],
  ['net_read_timeout', '1'],
  ['net_retry_count', '1'],
  ['net_write_timeout', '1'],
  ['note_verbosity', 'basic,unusable_keys,explain'],
  ['old', 'ON'],
  ['old_alter_table', 'COPY', 'INPLACE', 'NOCOPY', 'INSTANT'],
  [
    'old_mode',
    'NO_DUP_KEY_WARNINGS_WITH_IGNORE',
    'NO_PROGRESS_INFO',
    'ZERO_DATE_TIME_CAST',
    'UTF8_IS_UTF8MB3',
    'IGNORE_INDEX_ONLY_FOR_JOIN',
    'COMPAT_5_1_CHECKSUM',
    '',
  ],
  ['old_passwords', 'ON'],
  [
    'optimizer_adjust_secondary_key_costs',
    'adjust_secondary_key_cost,disable_max_seek,disable_forced_index_in_group_by,fix_innodb_cardinality',
  ],
  ['optimizer_extra_pruning_depth', '0'],
  ['optimizer_join_limit_pref_ratio', '4294967295'],
  ['optimizer_max_sel_args', '0'],
  ['optimizer_max_sel_arg_weight', '0'],
  ['optimizer_prune_level', '0'],
  ['optimizer_search_depth', '0'],
  ['optimizer_selectivity_sampling_limit', '10'],
  [
    'optimizer_switch',
    'index_merge=off,index_condition_pushdown=off,derived_merge=off,materialization=off,in_to_exists=on,semijoin=off,extended_keys=off,rowid_filter=off,condition_pushdown_for_derived=off,orderby_uses_equalities=off,table_elimination=off,subquery_cache=off',
    'index_merge_sort_intersection=on,engine_condition_pushdown=on,mrr=on,mrr_cost_based=on,mrr_sort_keys=on,not_null_range_scan=on,hash_join_cardinality=on',
  ],
  ['optimizer_trace', 'enabled=on'],
  ['optimizer_trace_max_mem_size', '0'],
  ['optimizer_use_condition_selectivity', '1'],
  ['preload_buffer_size', '1024'],
  ['profiling', 'ON'],
  ['profiling_history_size', '0'],
  ['progress_report_time', '1'],
  ['query_alloc_block_size', '1024'],
  ['query_cache_strip_comments', 'ON'],
  ['query_cache_wlock_invalidate', 'ON'],
  ['query_prealloc_size', '1024'],
  ['range_alloc_block_size', '4294967295'],
  ['read_buffer_size', '8192'],
  ['read_rnd_buffer_size', '1'],
  ['rowid_merge_buff_size', '0'],
  ['server_id', '4294967295'],
  ['session_track_schema', 'OFF'],
  ['session_track_state_change', 'ON'],
  ['session_track_system_variables', '*'],
  ['session_track_transaction_info', 'STATE', 'CHARACTERISTICS'],
  ['slow_query_log', 'ON'],
  ['sort_buffer_size', '32768'],
  ['sql_buffer_result', 'ON'],
  ['sql_if_exists', 'ON'],
  ['sql_log_off', 'ON'],
  ['sql_notes', 'OFF'],
  ['sql_quote_show_create', 'OFF'],
  ['sql_warnings', 'ON'],
  ['standard_compliant_cte', 'OFF'],
  ['storage_engine', 'MyISAM'],
  ['system_versioning_alter_history', 'KEEP'],
  ['system_versioning_asof', '2000-01-01 00:00:00'],
  ['system_versioning_insert_history', 'ON'],
  ['thread_pool_priority', 'high', 'low'],
  ['time_zone', '+13:00'],
  ['tmp_memory_table_size', '0'],
  ['tmp_table_size', '0'],
  ['transaction_alloc_block_size', '1024'],
  ['transaction_prealloc_size', '1024'],
  ['updatable_views_with_limit', 'NO'],
  ['use_stat_tables', 'NEVER', 'COMPLEMENTARY', 'PREFERABLY', 'COMPLEMENTARY_FOR_QUERIES'],
  ['wait_timeout', '1'],
];

const HARMLESS_FOR_ONE: readonly Row[] = [
  ['default_master_connection', 'other'],
  ['gtid_seq_no', '7'],
  ['identity', '7'],
  ['insert_id', '7'],
  ['last_insert_id', '7'],
  ['pseudo_slave_mode', 'ON'],
  ['pseudo_thread_id', '7'],
  ['rand_seed1', '7'],
  ['rand_seed2', '7'],
  ['skip_parallel_replication', 'ON'],
  ['skip_replication', 'ON'],
  ['sql_log_bin', 'OFF'],
  ['tcp_nodelay', 'OFF'],
  ['timestamp', '1'],
];

// Without it, the server's own character set counts: latin1 by itself.
const PINNED_AT_STARTUP: readonly Row[] = [['character_set_client_handshake', 'OFF']];

const HARMLESS_AT_STARTUP: readonly Row[] = [
  ['innodb_rollback_on_timeout', 'ON'],
  ['lower_case_table_names', '1'],
  ['query_cache_type', 'ON'],
];

function settings(
  rows: readonly Row[],
  how: Pick<ServerSetting, 'effect' | 'brought' | 'level'>,
): readonly ServerSetting[] {
  return rows.flatMap(([setting, ...values]) =>
    values.map((tried) => ({ setting, tried, ...how })),
  );
}

export const SERVER_SETTINGS: readonly ServerSetting[] = [
  ...settings(PINNED, { effect: 'pinned', brought: 'refused', level: 'global' }),
  ...settings(PINNED_IN_ANY_CASE, { effect: 'pinned', brought: 'harmless', level: 'global' }),
  ...settings(PINNED_FOR_ONE, { effect: 'pinned', brought: 'refused', level: 'session' }),
  ...settings(REFUSED, { effect: 'refused', brought: 'refused', level: 'global' }),
  ...settings(HARMLESS, { effect: 'harmless', brought: 'harmless', level: 'global' }),
  ...settings(HARMLESS_FOR_ONE, { effect: 'harmless', brought: 'harmless', level: 'session' }),
  ...settings(PINNED_AT_STARTUP, { effect: 'pinned', brought: 'refused', level: 'startup' }),
  ...settings(HARMLESS_AT_STARTUP, { effect: 'harmless', brought: 'harmless', level: 'startup' }),
];
