import assert from 'node:assert/strict';
import { isHoldfastError, type SessionKey } from '@holdfast/core';
import type { Session, SessionService } from '@holdfast/session';
import type { CaseContext } from './conformance-case.ts';
import type { ServiceProcess } from './conformance-options.ts';
import { nextTurn } from './race.ts';
import type { Random } from './random.ts';
import { at, idsOf, read, seqsOf, upTo } from './scenario.ts';

const BATCH = 4;
const DOOMED = 8;
const MOST_BESIDE = 200;

/** One kind of write, again and again: so many were sent, and so many of them acknowledged. */
interface Writer {
  readonly write: (service: SessionService, n: number) => Promise<unknown>;
  sent: number;
  acknowledged: number;
}

function writer(write: Writer['write']): Writer {
  return { write, sent: 0, acknowledged: 0 };
}

/**
 * Writes of each kind that a process makes until it is killed, and what must be there after that:
 * what was acknowledged, and each other write as a whole or not at all. Each has keys of its own, so
 * that what is there tells which writes there were.
 */
export class KilledWriter {
  readonly #log: SessionKey;
  readonly #batches: SessionKey;
  readonly #appends = {
    a: writer((service, n) => this.#append(service, 'a', n)),
    b: writer((service, n) => this.#append(service, 'b', n)),
    mine: writer((service, n) => this.#append(service, 'mine', n)),
  };
  readonly #batch = writer((service, n) =>
    service.appendEvents({ ...this.#batches, events: batchOf(n) }),
  );
  readonly #update = writer((service, n) => this.#set(service, n));
  readonly #create = writer((service, n) =>
    service.create({ ...this.#created(n), state: { own: n, [`user:created ${n}`]: n } }),
  );
  readonly #delete = writer((service, n) => service.delete(this.#doomed(n)));

  constructor({ newKey }: Pick<CaseContext, 'newKey'>) {
    this.#log = newKey();
    this.#batches = { ...this.#log, sessionId: 'batches' };
  }

  /** Makes what the writes are about. */
  async prepare(service: SessionService): Promise<void> {
    await service.create({ ...this.#log, state: { begun: true } });
    await service.create(this.#batches);
    await Promise.all(
      upTo(DOOMED).map(async (n) => {
        await service.create({ ...this.#doomed(n), state: { own: n } });
        const events = upTo(3).map((i) => ({ id: `e${i}`, timestamp: at(n) }));
        await service.appendEvents({ ...this.#doomed(n), events });
      }),
    );
  }

  /** Lets the process write, and kills it in the midst of that; `beside` writes, too. */
  async killWhileItWrites(
    { service, kill }: ServiceProcess,
    { random, beside }: { readonly random: Random; readonly beside?: SessionService },
  ): Promise<void> {
    const most = 6 + random.below(30);
    const start = performance.now();
    let answers = 0;
    let isKilled = false;
    const killing = async () => {
      // At any moment of the next call or two, and not at the beginning of one alone.
      const later = ((performance.now() - start) / most) * (random.below(200) / 100);
      const end = performance.now() + later;
      while (performance.now() < end) await nextTurn();
      isKilled = true;
      await kill();
    };
    let killed: Promise<void> | undefined;
    const writeAgainAndAgain = async (each: Writer) => {
      while (!isKilled && (each !== this.#delete || each.sent < DOOMED)) {
        try {
          each.sent++;
          await each.write(service, each.sent);
          each.acknowledged++;
        } catch (error) {
          if (isKilled) return;
          throw error;
        }
        if (++answers === most) killed = killing();
      }
    };
    const writeBeside = async (survivor: SessionService) => {
      while (!isKilled && this.#appends.mine.sent < MOST_BESIDE) {
        this.#appends.mine.sent++;
        await patiently(() => this.#appends.mine.write(survivor, this.#appends.mine.sent));
        this.#appends.mine.acknowledged++;
        await nextTurn();
      }
    };
    try {
      await Promise.all([
        ...this.#writers().map(writeAgainAndAgain),
        ...(beside === undefined ? [] : [writeBeside(beside)]),
      ]);
    } finally {
      isKilled = true;
      await (killed ?? kill());
    }
  }

  /** What must be there at once, whoever looks. What each call answers is of one moment. */
  async expectWholeOrNothing(service: SessionService): Promise<void> {
    const { appName, userId } = this.#log;
    const state = await patiently(() => service.getState({ scope: 'user', appName, userId }));
    expectOneUpdate(state, this.#update);
    const log = await read(service, this.#log);
    expectFold(log);
    for (const [of, writer] of Object.entries(this.#appends)) expectThere(log, { of, writer });
    const batches = await read(service, this.#batches);
    expectFold(batches);
    assert.equal(batches.revision % BATCH, 0, 'a batch must be there as a whole, or not at all');
    expectSoMany(batches.revision / BATCH, { what: 'batches', writer: this.#batch });
    for (const n of upTo(this.#create.sent)) {
      const session = await service.get(this.#created(n));
      const isSeen = state[`created ${n}`] !== undefined;
      const mustBe = n <= this.#create.acknowledged || isSeen;
      assert.ok(session !== undefined || !mustBe, `what create ${n} wrote must be there`);
      if (session !== undefined) expectCreated(session, n);
    }
    for (const n of upTo(DOOMED)) {
      const session = await service.get(this.#doomed(n));
      const [mayBe, mustBe] = [n > this.#delete.acknowledged, n > this.#delete.sent];
      assert.ok(session === undefined || mayBe, `the deleted session ${n} must be gone`);
      assert.ok(session !== undefined || !mustBe, `the session ${n} must be there`);
      if (session !== undefined) expectUntouched(session);
    }
  }

  /** Sends again what was not acknowledged, after which each write is there once. */
  async expectEachOnceAfterRetries(service: SessionService): Promise<void> {
    for (const each of this.#writers()) {
      if (each.sent === each.acknowledged) continue;
      await unlessTaken(() => patiently(() => each.write(service, each.sent)));
    }
    await this.expectEachOnce(service);
    await this.#expectList(service);
  }

  /** Each write is there once. */
  async expectEachOnce(service: SessionService): Promise<void> {
    const { appName, userId } = this.#log;
    const log = await read(service, this.#log);
    const ids = Object.entries(this.#appends).flatMap(([of, { sent }]) =>
      upTo(sent).map((n) => `${of}${n}`),
    );
    assert.deepEqual(idsOf(log.events).sort(), ids.sort());
    expectFold(log);
    const batches = await read(service, this.#batches);
    const batched = upTo(this.#batch.sent).flatMap((n) => idsOf(batchOf(n)));
    assert.deepEqual(idsOf(batches.events), batched);
    expectFold(batches);
    const state = await service.getState({ scope: 'user', appName, userId });
    assert.equal(state['x'] ?? 0, this.#update.sent);
  }

  async #expectList(service: SessionService): Promise<void> {
    const { appName, userId } = this.#log;
    const list = { appName, userId, limit: 1000, includeTotal: true };
    const { sessions, total } = await service.list(list);
    const left = upTo(DOOMED).slice(this.#delete.sent);
    const keys = [
      this.#log,
      this.#batches,
      ...upTo(this.#create.sent).map((n) => this.#created(n)),
      ...left.map((n) => this.#doomed(n)),
    ];
    assert.deepEqual(idsOf(sessions).sort(), keys.map(({ sessionId }) => sessionId).sort());
    assert.equal(total, keys.length);
    for (const { sessionId, revision, lastUpdateTime } of sessions) {
      const session = await read(service, { appName, userId, sessionId });
      const seen = [session.revision, session.lastUpdateTime];
      assert.deepEqual([revision, lastUpdateTime], seen, 'the list must show what is there');
      const { events } = await service.listEvents({ appName, userId, sessionId, limit: 1000 });
      assert.deepEqual(events, session.events);
    }
  }

  #writers(): readonly Writer[] {
    const { a, b } = this.#appends;
    return [a, b, this.#batch, this.#update, this.#create, this.#delete];
  }

  #append(service: SessionService, of: string, n: number): Promise<unknown> {
    const actions = { stateDelta: { [of]: n, [`user:${of}${n}`]: n } };
    return service.appendEvent({
      ...this.#log,
      event: { id: `${of}${n}`, timestamp: at(n), actions },
    });
  }

  #set(service: SessionService, n: number): Promise<unknown> {
    const { appName, userId } = this.#log;
    const set = { x: n, y: n, [`update ${n}`]: n };
    const remove = n > 1 ? [`update ${n - 1}`] : [];
    return service.updateState({ scope: 'user', appName, userId, set, remove });
  }

  #created(n: number): SessionKey {
    return { ...this.#log, sessionId: `created ${n}` };
  }

  #doomed(n: number): SessionKey {
    return { ...this.#log, sessionId: `doomed ${n}` };
  }
}

function batchOf(n: number) {
  return upTo(BATCH).map((i) => ({
    id: `batch ${n}, ${i}`,
    timestamp: at(n),
    actions: { stateDelta: { batch: n, [`i${i}`]: n, [`user:batch ${n}, ${i}`]: n } },
  }));
}

/** No gap, and each event with what it changes, of the session and of the user. */
function expectFold(session: Session): void {
  const { events, revision, state } = session;
  assert.equal(revision, events.length);
  assert.deepEqual(seqsOf(events), upTo(revision), 'the events must have no gap');
  const deltas = events.map(({ actions }) => actions.stateDelta ?? {});
  const folded: Record<string, unknown> = Object.assign({}, ...deltas);
  for (const [name, value] of Object.entries(folded)) {
    assert.equal(state.get(name), value, `${name} must be as the events say`);
  }
  const ids = new Set(idsOf(events));
  const isOfLog = session.sessionId !== 'batches';
  for (const [name] of state) {
    const [, id = '', kind = ''] = /^user:((a|b|mine|batch)\s?\d.*)$/.exec(name) ?? [];
    if (id === '' || (kind === 'batch') === isOfLog) continue;
    assert.ok(ids.has(id), `${name} must not be there without its event`);
  }
}

function expectThere(
  { events }: Session,
  { of, writer }: { readonly of: string; readonly writer: Writer },
): void {
  const found = idsOf(events).filter((id) => id.startsWith(of));
  assert.deepEqual(
    found,
    upTo(found.length).map((n) => `${of}${n}`),
  );
  expectSoMany(found.length, { what: `events of ${of}`, writer });
}

function expectSoMany(
  count: number,
  { what, writer }: { readonly what: string; readonly writer: Writer },
): void {
  const { acknowledged, sent } = writer;
  assert.ok(
    acknowledged <= count && count <= sent,
    `${count} ${what} are there, of which ${acknowledged} were acknowledged and ${sent} sent`,
  );
}

function expectOneUpdate(state: Readonly<Record<string, unknown>>, writer: Writer): void {
  const n = state['x'] ?? 0;
  const names = Object.keys(state).filter((name) => name.startsWith('update '));
  const seen = { y: state['y'] ?? 0, names };
  assert.deepEqual(seen, { y: n, names: n === 0 ? [] : [`update ${n}`] }, 'an update is one');
  expectSoMany(Number(n), { what: 'updates', writer });
}

function expectCreated({ revision, state }: Session, n: number): void {
  assert.equal(revision, 0);
  const seen = [state.get('own'), state.get(`user:created ${n}`)];
  assert.deepEqual(seen, [n, n], 'a session must be there with its state');
}

function expectUntouched(session: Session): void {
  assert.deepEqual([session.revision, ...idsOf(session.events)], [3, 'e1', 'e2', 'e3']);
  assert.equal(session.sessionId, `doomed ${session.state.get('own')}`);
}

async function unlessTaken(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isHoldfastError(error, 'already_exists')) throw error;
  }
}

// How long the lock of a process that is gone may be in the way.
const MOST_PATIENCE_MS = 10_000;

/** Makes a call again while it is `unavailable`: a lock of the dead may need some time. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const end = performance.now() + MOST_PATIENCE_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isHoldfastError(error, 'unavailable') || performance.now() > end) throw error;
      await nextTurn();
    }
  }
}
