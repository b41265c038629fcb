import Database from 'libsql';
import pg from 'pg';

/** Expressions for columns that differ from row to row; all others are copied. */
export type Overrides = Readonly<Record<string, string>>;

export interface CopyRequest {
  readonly table: string;
  /** Which row is copied. */
  readonly where: string;
  /** In an expression, `s` is a session's id and `n` the number of an event. */
  readonly overrides: Overrides;
  readonly sessions: readonly string[];
  readonly from: number;
  readonly count: number;
}

/** Multiplies rows that a library has written, so that a store is filled in a moment. */
export interface RowCopier {
  copy(request: CopyRequest): Promise<void>;
  /** Runs a statement. */
  run(text: string): Promise<void>;
  close(): Promise<void>;
}

export function sqliteRowCopier(file: string): RowCopier {
  const database = new Database(file);
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('PRAGMA synchronous = OFF');
  return {
    async copy(request) {
      const columns = database
        .prepare(`SELECT name FROM pragma_table_info('${request.table}')`)
        .all() as Column[];
      database
        .prepare(
          `WITH RECURSIVE numbers(n) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?),
           ids AS (SELECT value AS s FROM json_each(?))
           ${insertOf(request, columns)} JOIN ids JOIN numbers WHERE ${request.where}`,
        )
        .run(request.from, request.from + request.count - 1, JSON.stringify(request.sessions));
    },
    run: async (text) => void database.exec(text),
    close: async () => void database.close(),
  };
}

export async function postgresRowCopier(url: string): Promise<RowCopier> {
  const client = new pg.Client(url);
  await client.connect();
  return {
    async copy(request) {
      const columns = await client.query<Column>(
        `SELECT column_name AS name, data_type AS type FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name = $1`,
        [request.table],
      );
      await client.query(
        `${insertOf(request, columns.rows)}
         CROSS JOIN unnest($3::text[]) s CROSS JOIN generate_series($1::int, $2::int) n
         WHERE ${request.where}`,
        [request.from, request.from + request.count - 1, request.sessions],
      );
    },
    run: async (text) => void (await client.query(text)),
    close: () => client.end(),
  };
}

interface Column {
  readonly name: string;
  /** What an expression is turned into, where a database asks for that. */
  readonly type?: string;
}

function insertOf({ table, overrides }: CopyRequest, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name);
  const values = columns.map(({ name, type }) => {
    const value = overrides[name];
    if (value === undefined) return `t.${name}`;
    return type === undefined ? value : `CAST(${value} AS ${type})`;
  });
  return `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${table} t`;
}
