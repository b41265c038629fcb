/** The names of the three tables that are filled, whose columns are those of Holdfast. */
export interface SeedTables {
  readonly sessions: string;
  readonly events: string;
  readonly state: string;
}

/** What the sessions that are filled in have as their incarnation. */
export const INCARNATION = '019a2f3c-5b1e-7d4a-9c3b-6f0e8d7a5b21';

/** The columns of a session that are filled. */
export const SESSION_COLUMNS =
  'app_name, user_id, session_id, create_time, last_update_time, revision, initial_state, incarnation';

export const BARE_TABLES: SeedTables = { sessions: 'sessions', events: 'events', state: 'state' };

export const HOLDFAST_TABLES: SeedTables = {
  sessions: 'holdfast_sessions',
  events: 'holdfast_events',
  state: 'holdfast_state',
};
