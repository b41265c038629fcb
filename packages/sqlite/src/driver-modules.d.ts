// Drivers that come without types, or whose types the oldest Node that we support does not have.

declare module 'node:sqlite' {
  export const DatabaseSync: new (file: string) => import('./sqlite-database.ts').SqliteDatabase;
}

declare module 'better-sqlite3' {
  const Database: new (file: string) => import('./sqlite-database.ts').SqliteDatabase;
  export default Database;
}
