/** The names of the three tables that are filled, whose columns are those of Holdfast. */
export interface SeedTables {
  readonly sessions: string;
  readonly events: string;
  readonly state: string;
}

export const BARE_TABLES: SeedTables = { sessions: 'sessions', events: 'events', state: 'state' };

export const HOLDFAST_TABLES: SeedTables = {
  sessions: 'holdfast_sessions',
  events: 'holdfast_events',
  state: 'holdfast_state',
};
