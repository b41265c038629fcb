import {
  type ConnectionSource,
  InsertStatements,
  inTransaction,
  type Lease,
  orRollBack,
  plainCommand,
  REFUSED,
  type SqlDriver,
  type SqlQuery,
  type SqlResult,
  type SqlWrite,
  type SqlWriteOutcome,
  type TransactionBody,
} from '@holdfast/sql';
import { FOUND, mysqlDialect } from './mysql-dialect.ts';
import { isForeignTransaction, mysqlErrors } from './mysql-error.ts';
import type { MysqlConnection } from './mysql2-client.ts';
import { withLock } from './named-lock.ts';
import {
  CHARACTERS_PER_TEXT,
  fitsPacket,
  type MysqlResult,
  queryLength,
  runScript,
  runStatement,
  runText,
  writeLiterals,
} from './run-statement.ts';
import { readServerSettings, type ServerSettings } from './server-settings.ts';

type MysqlLease = Lease<MysqlConnection>;

/** What a transaction begins with, whatever the connection's own isolation is. */
const BEGIN = ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'] as const;

const BEGIN_COMMANDS = BEGIN.map(plainCommand);
const KEEP_FOUND = plainCommand(`SET ${FOUND} = ROW_COUNT()`);
const COMMIT = plainCommand('COMMIT');

/** MySQL or MariaDB. A write is one script, and so one round trip, if the connection takes it. */
export class MysqlDriver implements SqlDriver<MysqlConnection> {
  readonly source: ConnectionSource<MysqlConnection>;
  readonly errors = mysqlErrors;
  readonly #inserts = new InsertStatements(mysqlDialect);
  #settings: ServerSettings | undefined;

  constructor(source: ConnectionSource<MysqlConnection>) {
    this.source = source;
  }

  async query(lease: MysqlLease, query: SqlQuery): Promise<SqlResult> {
    return await this.#run(lease, query);
  }

  async write(lease: MysqlLease, write: SqlWrite): Promise<SqlWriteOutcome> {
    const { multipleStatements, maxPacketBytes } = await this.#settingsOf(lease);
    const script = multipleStatements ? this.#scriptOf(write) : undefined;
    if (script === undefined) return this.#writeInSteps(lease, write);
    const texts = script.map(writeLiterals);
    const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
    if (!fitsPacket(length, maxPacketBytes)) return this.#writeInSteps(lease, write);
    const { connection } = lease;
    const results = await orRollBack(lease, {
      run: (text) => runText(connection, text),
      body: () => runScript(connection, texts),
      // It is not ours to end.
      isForeign: isForeignTransaction,
    });
    return outcomeOf(write.guard && results[BEGIN.length]);
  }

  async transaction<Result>(
    lease: MysqlLease,
    { body, lock }: { readonly body: TransactionBody<Result>; readonly lock: string | undefined },
  ): Promise<Result> {
    const run = () => body((query) => this.#run(lease, query));
    if (lock === undefined) return this.#inTransaction(lease, run);
    const { database } = await this.#settingsOf(lease);
    // A statement that changes the schema commits by itself: the lock is what helps.
    return withLock(lease, { lock: { name: lock, database }, body: run });
  }

  async #run(lease: MysqlLease, query: SqlQuery): Promise<MysqlResult> {
    const { maxPacketBytes } = this.#settings ?? (await this.#settingsOf(lease));
    return await runStatement(lease.connection, { query, maxPacketBytes });
  }

  /** Asked once; but those who are the first at the same time each ask over their own connection. */
  async #settingsOf({ connection }: MysqlLease): Promise<ServerSettings> {
    this.#settings ??= await readServerSettings(connection);
    return this.#settings;
  }

  /** The statements of a write; undefined if they are too long for one text. */
  #scriptOf({ guard, inserts }: SqlWrite): readonly SqlQuery[] | undefined {
    const body =
      guard === undefined
        ? inserts.flatMap((rows) => this.#inserts.plain(rows, 0))
        : [guard, KEEP_FOUND, ...inserts.flatMap((rows) => this.#inserts.guarded(rows))];
    const script = [...BEGIN_COMMANDS, ...body, COMMIT];
    const length = script.reduce((sum, query) => sum + queryLength(query), 0);
    return length <= CHARACTERS_PER_TEXT ? script : undefined;
  }

  #writeInSteps(lease: MysqlLease, { guard, inserts }: SqlWrite): Promise<SqlWriteOutcome> {
    return this.#inTransaction(lease, async () => {
      const outcome = outcomeOf(guard && (await this.#run(lease, guard)));
      if (outcome.type !== 'written') return outcome;
      for (const rows of inserts) {
        for (const query of this.#inserts.plain(rows, outcome.revision)) {
          await this.#run(lease, query);
        }
      }
      return outcome;
    });
  }

  #inTransaction<Result>(lease: MysqlLease, body: () => Promise<Result>): Promise<Result> {
    return inTransaction(lease, {
      begin: BEGIN,
      run: (text) => runText(lease.connection, text),
      body,
    });
  }
}

function outcomeOf(guard: MysqlResult | undefined): SqlWriteOutcome {
  if (guard?.changes === 0) return REFUSED;
  return { type: 'written', revision: guard?.lastInsertId ?? 0 };
}
