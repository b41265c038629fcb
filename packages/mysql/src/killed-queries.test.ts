import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, createConnection, createPool } from 'mysql2/promise';
import { afterAll, beforeAll, it, type TestContext } from 'vitest';
import { MysqlSessionService } from './mysql-session-service.ts';
import {
  connectionsOfUser,
  createTablePrefix,
  createUser,
  describeWithDatabase,
  dropTables,
  runSql,
  TEST_URL,
  type TestUser,
} from './test-database.fixture.ts';

const MOST_TRIES = 40_000;

describeWithDatabase('A query that is killed between two statements of an append', () => {
  const tablePrefix = createTablePrefix();
  const owner = { appName: 'killed-queries', userId: 'ada' };
  const users: TestUser[] = [];
  let killer: Connection;
  let other: MysqlSessionService;

  beforeAll(async () => {
    killer = await createConnection(TEST_URL);
    other = await MysqlSessionService.open({ url: TEST_URL, tablePrefix });
  });
  afterAll(async () => {
    await other?.close();
    await killer?.end();
    for (const user of users) await user.drop();
    await dropTables(tablePrefix);
  });

  async function ownUser() {
    const user = await createUser();
    users.push(user);
    return user;
  }

  const appendTo = (
    service: MysqlSessionService,
    { sessionId, id }: { readonly sessionId: string; readonly id: string },
  ) => {
    const stateDelta = { [id]: 1, 'user:last': id, 'app:last': id };
    return service.appendEvent({ ...owner, sessionId, event: { id, actions: { stateDelta } } });
  };

  /** Kills the query of a connection; false if the connection is gone. */
  async function killThread(thread: number | undefined): Promise<boolean> {
    try {
      await killer.query(`KILL QUERY ${thread}`);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ER_NO_SUCH_THREAD') return false;
      throw error;
    }
  }

  /** Kills queries until an append is left without an answer; gives that append. */
  async function leaveOneUnanswered(
    victim: MysqlSessionService,
    { user, sessionId }: { readonly user: TestUser; readonly sessionId: string },
  ) {
    await victim.create({ ...owner, sessionId });
    let [thread] = await connectionsOfUser(user.name);
    for (let i = 0; i < MOST_TRIES; i++) {
      const id = `e-${i}`;
      let isSettled = false;
      const append = appendTo(victim, { sessionId, id }).finally(() => {
        isSettled = true;
      });
      const settled = append.catch(() => {});
      const isThere = killThread(thread);
      await Promise.race([settled, pause(300)]);
      if (!(await isThere)) {
        // On a slow machine an append can meet its deadline, which costs the connection.
        await settled;
        [thread] = await connectionsOfUser(user.name);
      }
      while (!isSettled) {
        const [row] = await runSql(
          `SELECT command = 'Sleep' AND time >= 1 FROM information_schema.processlist WHERE id = ${thread}`,
        );
        if (Number(row?.[0]) === 1) return { id, append };
        await Promise.race([settled, pause(100)]);
      }
    }
    throw new Error('no kill came between two statements');
  }

  /** Leaves an append unanswered: it is not stored, somebody else's is, and it can be tried again. */
  async function expectOneUnavailable(
    victim: MysqlSessionService,
    { expect, ...place }: Parameters<typeof leaveOneUnanswered>[1] & Pick<TestContext, 'expect'>,
  ) {
    const { sessionId } = place;
    const { id, append } = await leaveOneUnanswered(victim, place);
    const waiting = appendTo(other, { sessionId, id: 'other' });
    await expect(append).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    const { seq } = await waiting;
    expect((await appendTo(victim, { sessionId, id })).seq).toBe(Number(seq) + 1);
    await victim.close();
  }

  it.concurrent('makes it unavailable long before its deadline, and lets others go on', {
    timeout: 120_000,
  }, async ({ expect }) => {
    const [sessionId, user] = ['opened', await ownUser()];
    const options = { url: user.url, tablePrefix, maxConnections: 1, callTimeout: 120_000 };
    const victim = await MysqlSessionService.open(options);
    await expectOneUnavailable(victim, { user, sessionId, expect });
  });

  it.concurrent('costs a pool that was brought its connection at the deadline, and its locks go with it', {
    timeout: 120_000,
  }, async ({ expect }) => {
    const [sessionId, user] = ['brought', await ownUser()];
    const client = createPool({ uri: user.url, multipleStatements: true, connectionLimit: 1 });
    const options = { client, closeClient: true, tablePrefix, callTimeout: 10_000 };
    const victim = new MysqlSessionService(options);
    await expectOneUnavailable(victim, { user, sessionId, expect });
  });
});
