import { HoldfastError } from '@holdfast/core';
import { isConnectionLost, isMissingTable } from './mysql-error.ts';
import type { MysqlConnection } from './mysql2-client.ts';
import { type MysqlResult, runScript, runText } from './run-statement.ts';
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
      /** What a session is set to is lost each time that its connection is given back. */
      readonly isReset: boolean;
    };

// A `queryFormat` of the client gets every statement, and must leave this one as it is.
const PROBE = ':a ? %s';

const READ = `SELECT '${PROBE}', DATABASE(), @@max_allowed_packet, ${VARIABLE_CHECKS.map(({ sql }) => sql).join(', ')}`;

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
      const { results, multipleStatements } = await lookAt(connection, owner.tables);
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
  const [probe, database, maxPacketBytes, ...values] = row;
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
    maxPacketBytes: Number(maxPacketBytes),
    multipleStatements,
  };
}

/** The variables, and what the tables are if they are there. */
async function lookAt(connection: MysqlConnection, tables: readonly string[]) {
  const shows = tables.map((table) => `SHOW CREATE TABLE ${table}`);
  try {
    return { results: await runScript(connection, [READ, ...shows]), multipleStatements: true };
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    if (isMissingTable(error)) {
      // They are still to be made, and the rest of the results has gone with the error.
      return { results: await runScript(connection, [READ, 'DO 0']), multipleStatements: true };
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
