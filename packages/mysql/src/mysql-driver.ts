import {
  type ConnectionSource,
  InsertStatements,
  inTransaction,
  isWrite,
  type Lease,
  orRollBack,
  plainCommand,
  REFUSED,
  resultOfWrite,
  type SqlDriver,
  type SqlQuery,
  type SqlResult,
  type SqlStep,
  type SqlWrite,
  type SqlWriteOutcome,
  type TransactionOptions,
} from '@holdfast/sql';
import { isResetOnRelease } from './mysql-connections.ts';
import { FOUND, mysqlDialect, unpackKept } from './mysql-dialect.ts';
import { foreignTransaction, isForeignTransaction, mysqlErrors } from './mysql-error.ts';
import { identityOf, type MysqlConnection } from './mysql2-client.ts';
import { withLock } from './named-lock.ts';
import {
  CHARACTERS_PER_TEXT,
  fitsPacket,
  type MysqlResult,
  queryLength,
  runScript,
  runStatement,
  runText,
  textOf,
  writeLiterals,
} from './run-statement.ts';
import {
  type ConnectionOwner,
  readServerSettings,
  type ServerSettings,
} from './server-settings.ts';

type MysqlLease = Lease<MysqlConnection>;

/**
 * What a transaction begins with. On a connection that was brought, whatever its own isolation is:
 * the first statement fails in a transaction of its owner, which the second one would commit.
 */
const BEGIN = {
  ours: ['START TRANSACTION'],
  brought: ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'START TRANSACTION'],
} as const;

/** Only so are the gaps between locked rows locked as well. */
const BEGIN_WITH_GAPS = ['SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', 'START TRANSACTION'];

/**
 * If the caller has gone, a server runs the rest of a script all the same. But ROW_COUNT() is then -1
 * as soon as an answer could not be sent, whatever the guard has met: an error, by an integer out of
 * range, keeps the script from its COMMIT.
 */
const KEEP_FOUND = plainCommand(
  `SET ${FOUND} = IF(ROW_COUNT() < 0, 18446744073709551615 - ROW_COUNT(), ROW_COUNT())`,
);
const COMMIT = plainCommand('COMMIT');

// Its answer says whether the connection is in a transaction: that of a SELECT does not.
const LOOK = 'DO 0';

/** MySQL or MariaDB. A write is one script, and so one round trip, if the connection takes it. */
export class MysqlDriver implements SqlDriver<MysqlConnection> {
  readonly source: ConnectionSource<MysqlConnection>;
  readonly errors = mysqlErrors;
  readonly #owner: ConnectionOwner;
  readonly #begin: readonly string[];
  readonly #beginCommands: readonly SqlQuery[];
  readonly #inserts = new InsertStatements(mysqlDialect);
  /** By what is the same each time that a connection is lent. */
  readonly #settings = new WeakMap<object, ServerSettings>();

  constructor(source: ConnectionSource<MysqlConnection>, owner: ConnectionOwner) {
    this.source = source;
    this.#owner = owner;
    this.#begin = BEGIN[owner.type];
    this.#beginCommands = this.#begin.map(plainCommand);
  }

  async query(lease: MysqlLease, query: SqlQuery): Promise<SqlResult> {
    if (this.#owner.type === 'ours') return await this.#run(lease, query);
    return await this.#runOutside(lease, { query, isSingle: this.#owner.isSingle });
  }

  async write(lease: MysqlLease, write: SqlWrite): Promise<SqlWriteOutcome> {
    const script = [...this.#beginCommands, ...this.#statementsOf(write), COMMIT];
    const texts = textsOf(script, await this.#settingsOf(lease));
    if (texts === undefined) return this.#writeInSteps(lease, write);
    const { connection } = lease;
    const results = await orRollBack(lease, {
      run: (text) => runText(connection, text),
      body: () => runScript(connection, texts),
      // It is not ours to end.
      isForeign: isForeignTransaction,
    });
    return outcomeOf(write.guard && results[this.#begin.length]);
  }

  async transaction<Result>(
    lease: MysqlLease,
    { body, lock, keepsOthersOut }: TransactionOptions<Result>,
  ): Promise<Result> {
    const run = () => body((step) => this.#runStep(lease, step));
    const begin = keepsOthersOut === true ? BEGIN_WITH_GAPS : this.#begin;
    if (lock === undefined) return this.#inTransaction(lease, { begin, body: run });
    const { database } = await this.#settingsOf(lease);
    // A statement that changes the schema commits by itself: the lock is what helps.
    return withLock(lease, { lock: { name: lock, database }, body: run });
  }

  async #runStep(lease: MysqlLease, step: SqlStep): Promise<SqlResult> {
    return isWrite(step)
      ? resultOfWrite(await this.#runWrite(lease, step))
      : this.#run(lease, step);
  }

  async #run(lease: MysqlLease, query: SqlQuery): Promise<MysqlResult> {
    const { maxPacketBytes } = await this.#settingsOf(lease);
    return await runStatement(lease.connection, { query, maxPacketBytes });
  }

  /**
   * Runs a query, which is refused if its connection is in a transaction of its owner. A pool is
   * trusted to lend none of these, if to look would take a round trip.
   */
  async #runOutside(
    lease: MysqlLease,
    { query, isSingle }: { readonly query: SqlQuery; readonly isSingle: boolean },
  ): Promise<MysqlResult> {
    const { connection } = lease;
    const { multipleStatements, maxPacketBytes } = await this.#settingsOf(lease);
    const text = multipleStatements ? textOf(query, maxPacketBytes - LOOK.length - 2) : undefined;
    if (text === undefined) {
      const result = await runStatement(connection, { query, maxPacketBytes });
      if (isSingle) refuseTransaction(await runText(connection, LOOK));
      return result;
    }
    const [result, look] = await runScript(connection, [text, LOOK]);
    refuseTransaction(look);
    return result as MysqlResult;
  }

  /**
   * Asked of each connection once, or each time that it is lent if it is reset in between: one
   * may be set up otherwise than another.
   */
  async #settingsOf(lease: MysqlLease): Promise<ServerSettings> {
    const { connection } = lease;
    const isReset = this.#owner.type === 'brought' && isResetOnRelease(connection);
    const identity = isReset ? lease : identityOf(connection);
    const known = this.#settings.get(identity);
    if (known !== undefined) return known;
    const settings = await readServerSettings(connection, this.#owner);
    this.#settings.set(identity, settings);
    return settings;
  }

  /** The statements of a write, without those of its transaction. */
  #statementsOf({ guard, inserts }: SqlWrite): readonly SqlQuery[] {
    if (guard === undefined) return inserts.flatMap((rows) => this.#inserts.plain(rows, 0));
    return [guard, KEEP_FOUND, ...inserts.flatMap((rows) => this.#inserts.guarded(rows))];
  }

  #writeInSteps(lease: MysqlLease, write: SqlWrite): Promise<SqlWriteOutcome> {
    const body = () => this.#runWrite(lease, write);
    return this.#inTransaction(lease, { begin: this.#begin, body });
  }

  /** A write within a transaction: one script as well, if the connection takes it. */
  async #runWrite(lease: MysqlLease, write: SqlWrite): Promise<SqlWriteOutcome> {
    const { guard, inserts } = write;
    const script = this.#statementsOf(write);
    const texts = script.length > 1 ? textsOf(script, await this.#settingsOf(lease)) : undefined;
    if (texts !== undefined) {
      const [first] = await runScript(lease.connection, texts);
      return outcomeOf(guard && first);
    }
    const outcome = outcomeOf(guard && (await this.#run(lease, guard)));
    if (outcome.type !== 'written') return outcome;
    for (const rows of inserts) {
      for (const query of this.#inserts.plain(rows, outcome.revision)) {
        await this.#run(lease, query);
      }
    }
    return outcome;
  }

  async #inTransaction<Result>(
    lease: MysqlLease,
    { begin, body }: { readonly begin: readonly string[]; readonly body: () => Promise<Result> },
  ): Promise<Result> {
    // What it sets would be refused within the transaction.
    await this.#settingsOf(lease);
    return await inTransaction(lease, {
      begin,
      run: (text) => runText(lease.connection, text),
      body,
    });
  }
}

/** The texts of a script; undefined if the connection takes none, or none of that length. */
function textsOf(
  script: readonly SqlQuery[],
  { multipleStatements, maxPacketBytes }: ServerSettings,
): readonly string[] | undefined {
  if (!multipleStatements) return undefined;
  const characters = script.reduce((sum, query) => sum + queryLength(query), 0);
  if (characters > CHARACTERS_PER_TEXT) return undefined;
  const texts = script.map(writeLiterals);
  const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
  return fitsPacket(length, maxPacketBytes) ? texts : undefined;
}

function refuseTransaction(look: MysqlResult | undefined): void {
  if (look?.isInTransaction) throw foreignTransaction();
}

function outcomeOf(guard: MysqlResult | undefined): SqlWriteOutcome {
  if (guard?.changes === 0) return REFUSED;
  return { type: 'written', ...unpackKept(guard?.lastInsertId ?? 0n) };
}
