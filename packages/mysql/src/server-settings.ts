import { HoldfastError } from '@holdfast/core';
import { readInteger, readText } from '@holdfast/sql';
import { isConnectionLost, isMissingTable } from './mysql-error.ts';
import type { MysqlConnection } from './mysql2-client.ts';
import { type MysqlResult, runScript, runText, ScriptCut } from './run-statement.ts';
import { pinVariables, VARIABLE_CHECKS } from './session-variables.ts';

/** What is asked of each connection when it is used for the first time. */
export interface ServerSettings {
  /** The connection's own; null if it has none. */
  readonly database: string | null;
  /** A statement must be smaller. */
  readonly maxPacketBytes: number;
  /** Whether the connection takes several statements at once. */
  readonly multipleStatements: boolean;
}

/** Whose connections they are. */
export type ConnectionOwner =
  /** `callTimeout` in ms. */
  | { readonly type: 'ours'; readonly callTimeout: number }
  | {
      readonly type: 'brought';
      /** Quoted. They must not be hidden by temporary ones. */
      readonly tables: readonly string[];
      /** There is one connection. */
      readonly isSingle: boolean;
    };

// A `queryFormat` of the client gets every statement, and must leave this one as it is.
const PROBE = ':a ? %s';

// What the client, or a wrapper around it, must give as it is: an integer, a text, and bytes.
const INTEGER = 2 ** 31;
const TEXT = ' {"a": 1} ';
const BYTES = 'ä';
const PROBES = `'${PROBE}', CAST('${INTEGER}' AS SIGNED), '${TEXT}', X'${Buffer.from(BYTES).toString('hex')}'`;

// Its answer has no rows, and says how many were written.
const WRITE_NOTHING = 'DO 0';

const READ = `SELECT ${PROBES}, DATABASE(), @@max_allowed_packet, ${VARIABLE_CHECKS.map(({ sql }) => sql).join(', ')}`;

/**
 * Sets what is needed on a connection of ours; looks whether it is so on one that was brought,
 * and that is `misconfigured` if it is not. One round trip, if the connection takes several
 * statements at once.
 */
export async function readServerSettings(
  connection: MysqlConnection,
  owner: ConnectionOwner,
): Promise<ServerSettings> {
  switch (owner.type) {
    case 'ours': {
      const results = await runScript(connection, [...pinVariables(owner), READ]);
      return checkSettings(results.at(-1), { multipleStatements: true });
    }
    case 'brought': {
      const looking = lookAt(connection, owner.tables);
      const { results, multipleStatements } = await looking.catch(async (error: unknown) => {
        // It was not the server if the answer to a single statement is not as it should be, either.
        if (error instanceof ScriptCut) await runText(connection, READ);
        throw error;
      });
      results.slice(1).forEach(refuseTemporary);
      return checkSettings(results[0], { multipleStatements });
    }
  }
}

function checkSettings(
  result: MysqlResult | undefined,
  { multipleStatements }: Pick<ServerSettings, 'multipleStatements'>,
): ServerSettings {
  const row = result?.rows[0];
  if (row === undefined) throw misconfigured('sql_select_limit is 0, and it must be its default');
  const [probe, integer, text, bytes, database, maxPacketBytes, ...values] = row;
  if (readInteger(integer) !== INTEGER || readText(text) !== TEXT || readText(bytes) !== BYTES) {
    throw misconfigured('the client, or a wrapper around it, changes what the database answers');
  }
  const wrong = VARIABLE_CHECKS.findIndex((_, i) => values[i] !== null);
  if (wrong >= 0) {
    const { variable, needed } = VARIABLE_CHECKS[wrong] as (typeof VARIABLE_CHECKS)[number];
    throw misconfigured(
      `the connection's ${variable} is ${String(values[wrong])}, and it must be ${needed}`,
    );
  }
  if (probe !== PROBE) {
    throw misconfigured(
      "the client's queryFormat changes statements, and it must leave those without values alone",
    );
  }
  return {
    database: typeof database === 'string' ? database : null,
    maxPacketBytes: readInteger(maxPacketBytes),
    multipleStatements,
  };
}

/** The variables, and what the tables are if they are there. */
async function lookAt(connection: MysqlConnection, tables: readonly string[]) {
  const shows = tables.map((table) => `SHOW CREATE TABLE ${table}`);
  // What would be wrong with the answer to a write is found out before there is one.
  const look = [READ, WRITE_NOTHING];
  try {
    return { results: await runScript(connection, [...look, ...shows]), multipleStatements: true };
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    if (isMissingTable(error)) {
      // They are still to be made, and the rest of the results has gone with the error.
      return { results: await runScript(connection, look), multipleStatements: true };
    }
  }
  const results = [await runText(connection, READ)];
  try {
    for (const show of shows) results.push(await runText(connection, show));
  } catch (error) {
    if (!isMissingTable(error)) throw error;
  }
  return { results, multipleStatements: false };
}

function refuseTemporary({ rows }: MysqlResult): void {
  const [name, definition] = rows[0] ?? [];
  if (!/^CREATE TEMPORARY /i.test(String(definition))) return;
  throw misconfigured(
    `the connection has a temporary table ${String(name)}, which hides the one of this package: drop it`,
  );
}

function misconfigured(message: string): HoldfastError {
  return new HoldfastError('misconfigured', { message });
}
