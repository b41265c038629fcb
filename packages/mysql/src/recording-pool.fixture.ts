import type { Pool } from 'mysql2/promise';
import type { MysqlPool } from './mysql2-client.ts';

/** A pool that writes down what is sent over its connections, the text of each round trip. */
export function recordingPool(pool: Pool): { readonly client: MysqlPool; readonly sent: string[] } {
  const sent: string[] = [];
  const client: MysqlPool = {
    end: () => pool.end(),
    async getConnection() {
      const connection = await pool.getConnection();
      return {
        connection: connection.connection,
        query(statement) {
          sent.push(statement.sql);
          return connection.query(statement);
        },
        execute(statement) {
          sent.push(statement.sql);
          return connection.execute(statement);
        },
        destroy: () => connection.destroy(),
        release: () => connection.release(),
        on: (event, listener) => connection.on(event, listener),
        off: (event, listener) => connection.off(event, listener),
      };
    },
  };
  return { client, sent };
}
