import {
  retryContention,
  type SqlClient,
  type SqlProgram,
  type SqlQuery,
  type SqlRow,
  type SqlTransaction,
  type SqlWrite,
  type SqlWriteOutcome,
} from '@holdfast/sql';
import { BEGIN, inTransaction, orRollBack } from './in-transaction.ts';
import { charactersOf, InsertStatements } from './insert-statements.ts';
import type { MysqlConnections } from './mysql-connections.ts';
import { FOUND } from './mysql-dialect.ts';
import type { MysqlConnection } from './mysql-driver.ts';
import { isContention, isDuplicate, translateError } from './mysql-error.ts';
import { writeLiterals } from './mysql-literals.ts';
import { withLock } from './named-lock.ts';
import { type Answer, runScript } from './run-statement.ts';
import { readServerFacts, type ServerFacts } from './server-facts.ts';
import { CHARACTERS_PER_TEXT, fitsPacket, runSized } from './sized-statement.ts';

interface Session {
  readonly connection: MysqlConnection;
  readonly facts: ServerFacts;
}

/** MySQL or MariaDB. A write is one script, and so one round trip, where the connection takes it. */
export class MysqlClient implements SqlClient {
  readonly #connections: MysqlConnections;
  readonly #inserts = new InsertStatements();
  #facts: Promise<ServerFacts> | undefined;

  constructor(connections: MysqlConnections) {
    this.#connections = connections;
  }

  async query(query: SqlQuery): Promise<readonly SqlRow[]> {
    try {
      return await this.#use(async (session) => (await runQuery(session, query)).rows);
    } catch (error) {
      throw translateError(error);
    }
  }

  async write(write: SqlWrite): Promise<SqlWriteOutcome> {
    try {
      return await retryContention(
        () => this.#use((session) => this.#write(session, write)),
        isContention,
      );
    } catch (error) {
      if (isDuplicate(error)) return { type: 'duplicate' };
      throw translateError(error);
    }
  }

  async transaction<Result>({ program, lock }: SqlTransaction<Result>): Promise<Result> {
    try {
      return await retryContention(
        () =>
          this.#use((session) => {
            const { connection, facts } = session;
            const body = () => runProgram(session, program());
            if (lock === undefined) return inTransaction(connection, body);
            // A statement that changes the schema commits by itself: the lock is what helps.
            return withLock(connection, { lock: { name: lock, database: facts.database }, body });
          }),
        isContention,
      );
    } catch (error) {
      throw translateError(error);
    }
  }

  async close(): Promise<void> {
    try {
      await this.#connections.close();
    } catch (error) {
      throw translateError(error);
    }
  }

  #use<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#connections.use(async (connection) => {
      this.#facts ??= readServerFacts(connection);
      let facts: ServerFacts;
      try {
        facts = await this.#facts;
      } catch (error) {
        this.#facts = undefined;
        throw error;
      }
      return await work({ connection, facts });
    });
  }

  async #write(session: Session, write: SqlWrite): Promise<SqlWriteOutcome> {
    const script = session.facts.multipleStatements ? this.#scriptOf(write) : undefined;
    if (script === undefined) return this.#writeInSteps(session, write);
    const texts = script.map(writeLiterals);
    const length = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);
    if (!fitsPacket(length, session.facts)) return this.#writeInSteps(session, write);
    const { connection } = session;
    const answers = await orRollBack(connection, () => runScript(connection, texts));
    return outcomeOf(write.guard && answers[BEGIN.length]);
  }

  /** The statements of a write; undefined where they are too long for one text. */
  #scriptOf({ guard, inserts }: SqlWrite): readonly SqlQuery[] | undefined {
    const body =
      guard === undefined
        ? this.#inserts.plain(inserts, 0)
        : [guard, statement(`SET ${FOUND} = ROW_COUNT()`), ...this.#inserts.guarded(inserts)];
    const script = [...BEGIN.map(statement), ...body, statement('COMMIT')];
    const length = script.reduce(
      (sum, { text, values }) => sum + text.length + charactersOf(values),
      0,
    );
    return length <= CHARACTERS_PER_TEXT ? script : undefined;
  }

  #writeInSteps(session: Session, { guard, inserts }: SqlWrite): Promise<SqlWriteOutcome> {
    return inTransaction(session.connection, async () => {
      const outcome = outcomeOf(guard && (await runQuery(session, guard)));
      if (outcome.type === 'written') {
        for (const query of this.#inserts.plain(inserts, outcome.revision)) {
          await runQuery(session, query);
        }
      }
      return outcome;
    });
  }
}

function outcomeOf(guard: Answer | undefined): SqlWriteOutcome {
  if (guard?.changes === 0) return { type: 'unmet' };
  return { type: 'written', revision: guard?.lastInsertId ?? 0 };
}

function runQuery({ connection, facts }: Session, query: SqlQuery): Promise<Answer> {
  return runSized(connection, { query, maxPacketBytes: facts.maxPacketBytes });
}

async function runProgram<Result>(session: Session, program: SqlProgram<Result>): Promise<Result> {
  let step = program.next();
  while (step.done !== true) {
    let answer: Answer;
    try {
      answer = await runQuery(session, step.value);
    } catch (error) {
      step = program.throw(error);
      continue;
    }
    step = program.next(answer);
  }
  return step.value;
}

function statement(text: string): SqlQuery {
  return { text, values: [] };
}
