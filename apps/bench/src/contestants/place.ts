/** Where a contestant may write. It is made for one process, and removed after it. */
export interface Place {
  /** A folder, which is empty. */
  readonly folder: string;
  /** A folder that all processes of one run share. */
  readonly shared: string;
  /** A database of PostgreSQL, which is empty. */
  readonly postgresUrl: string;
  /** A database of MariaDB or MySQL, which is empty. */
  readonly mysqlUrl: string;
  readonly redisUrl: string;
  /** What all of its keys in Redis begin with. */
  readonly redisPrefix: string;
}
