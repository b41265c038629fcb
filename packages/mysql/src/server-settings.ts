import { HoldfastError } from '@holdfast/core';
import { isConnectionLost } from './mysql-error.ts';
import type { MysqlConnection } from './mysql2-client.ts';
import { type MysqlResult, runScript, runText } from './run-statement.ts';

/** What is asked of a server once. */
export interface ServerSettings {
  /** The connection's own; null if it has none. */
  readonly database: string | null;
  /** A statement must be smaller. */
  readonly maxPacketBytes: number;
  /** Whether a connection takes several statements at once. */
  readonly multipleStatements: boolean;
}

const CHARSETS = ['client', 'connection', 'results'] as const;
const READ = `SELECT DATABASE(), @@max_allowed_packet, @@autocommit, @@sql_mode, ${CHARSETS.map((name) => `@@character_set_${name}`).join(', ')}`;

/** Reads them; `misconfigured` if the connection would not carry text as it is. */
export async function readServerSettings(connection: MysqlConnection): Promise<ServerSettings> {
  const { result, multipleStatements } = await read(connection);
  const [database, maxPacketBytes, autocommit, mode, ...charsets] = result.rows[0] ?? [];
  const wrong = CHARSETS.findIndex((_, i) => charsets[i] !== 'utf8mb4');
  if (wrong >= 0) {
    throw misconfigured(
      `the connection's character_set_${CHARSETS[wrong]} is ${charsets[wrong]}, and it must be utf8mb4: set \`charset: 'utf8mb4'\` on the client`,
    );
  }
  if (Number(autocommit) !== 1) {
    throw misconfigured('autocommit is off on the connection, and it must be on');
  }
  if (String(mode).split(',').includes('EMPTY_STRING_IS_NULL')) {
    throw misconfigured('the sql_mode EMPTY_STRING_IS_NULL is on, and it must be off');
  }
  return {
    database: typeof database === 'string' ? database : null,
    maxPacketBytes: Number(maxPacketBytes),
    multipleStatements,
  };
}

async function read(connection: MysqlConnection) {
  try {
    const [result] = await runScript(connection, [READ, 'DO 0']);
    return { result: result as MysqlResult, multipleStatements: true };
  } catch (error) {
    if (isConnectionLost(error)) throw error;
  }
  return { result: await runText(connection, READ), multipleStatements: false };
}

function misconfigured(message: string): HoldfastError {
  return new HoldfastError('misconfigured', { message });
}
