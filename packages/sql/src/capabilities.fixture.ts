/** What every service over a SQL database can do, wherever the database is. */
export const SQL_CAPABILITIES = {
  evicts: false,
  atomicAppState: true,
  listAllUsers: true,
  updateSession: true,
  getEvent: true,
  fork: true,
  erase: true,
  increments: true,
  turns: true,
  sweep: true,
  eraseUser: true,
  listUsers: true,
  importSession: true,
  watch: true,
} as const;
