import { HoldfastError, isHoldfastError, type SessionKey } from '@holdfast/core';
import {
  CallTimer,
  type IncrementRefused,
  noAnswerInTime,
  realTimers,
} from '@holdfast/session/store';
import type { ScopeState, StateChanges, StateIncrements } from '@holdfast/state/internal';
import type {
  AppIncrements,
  AppState,
  AppStateOptions,
  SessionWrite,
  WriteOutcome,
} from './app-state.ts';
import { readList, readTexts } from './read-reply.ts';
import { bucketOf, type RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import {
  appScripts,
  type Intent,
  readAppReply,
  readReservation,
} from './scripts/cluster-app-state.ts';
import { packChanges } from './scripts/encode-changes.ts';
import type { ScopeIncrement } from './scripts/scope-state.ts';
import { type Hinder, readHinder } from './scripts/sum.ts';
import { parseState } from './stored-text.ts';

export interface ClusterAppStateOptions extends AppStateOptions {
  /** Runs what nobody waits for but `close` of the store. */
  readonly inBackground: (run: () => Promise<unknown>) => void;
}

/** Where changes of an app's state come from. */
interface AppBucket {
  readonly appName: string;
  readonly bucket: number;
}

// How long a reader waits for a node with changes that nobody has been told of yet.
const READER_PATIENCE_MS = 1_000;

const NO_INCREMENTS: StateIncrements = new Map();

// How long increments wait for others that are under way, in ms: longer than until one is called off.
const INCREMENT_PATIENCE_MS = 4_000;
const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

// A reader calls off reservations that look abandoned. So often in a row it is not an accident.
const MAX_ATTEMPTS = 10;

/**
 * The state of an app on a Cluster. A write of it takes three steps, each in one slot:
 *
 * 1. `reserve`, in the app's slot: a version that is greater than all before, and an intent, which
 *    says in which bucket to look for what becomes of it.
 * 2. The event, in the user's slot, together with an entry in the outbox of its bucket.
 * 3. `apply`, in the app's slot: the entry's changes, key by key if its stamp is the greatest, and
 *    its increments, each once; the intent goes. Now the write is acknowledged, and the entry is cleared in the background.
 *
 * A reader who finds an intent looks into the outbox, and does the third step for an entry that it
 * finds. An old intent without an entry is called off: its write is refused from then on.
 *
 * An increment that a value is unfit for is refused by `reserve`. If that depends on increments that
 * are under way, they are waited for. If another value is set before the third step that is unfit,
 * the increment is as if it had come before that write.
 */
export class ClusterAppState implements AppState {
  readonly isBeside = false;
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  readonly #inBackground: ClusterAppStateOptions['inBackground'];
  readonly #patience = new CallTimer(READER_PATIENCE_MS);

  constructor({ runner, keys, inBackground }: ClusterAppStateOptions) {
    this.#runner = runner;
    this.#keys = keys;
    this.#inBackground = inBackground;
  }

  /** The state, with all that was written to outboxes before this call. */
  async read(appName: string): Promise<ScopeState> {
    const { fields, intents } = await this.#readNow(appName);
    const isChanged = intents.length > 0 && (await this.#finishSoon(appName, intents));
    const now = isChanged ? (await this.#readNow(appName)).fields : fields;
    return parseState(now, { appName });
  }

  async update(appName: string, changes: StateChanges): Promise<ScopeState> {
    const update = { changes, increments: NO_INCREMENTS };
    await this.#runner.write(appScripts.update(this.#keys.app(appName), update));
    return await this.read(appName);
  }

  async increment(appName: string, update: ScopeIncrement): Promise<ScopeState | IncrementRefused> {
    const hinder = await this.#unhindered(appName, async () => {
      const call = appScripts.update(this.#keys.app(appName), update);
      return readHinder(readList(await this.#runner.write(call))) ?? { type: 'done' as const };
    });
    if (hinder.type === 'unfit') return { ...hinder, scope: 'app' };
    return await this.read(appName);
  }

  async settle({ appName, userId }: Omit<SessionKey, 'sessionId'>): Promise<void> {
    const where = { appName, bucket: bucketOf(userId) };
    const keys = this.#keys.bucket(appName, where.bucket);
    const found = readTexts(await this.#runner.read(appScripts.collectAll(keys)));
    if (found.length === 0) return;
    await this.#runner.write(appScripts.apply(this.#keys.app(appName), found));
    await this.#runner.write(
      appScripts.clear(
        keys,
        found.filter((_, i) => i % 2 === 0),
      ),
    );
  }

  /** Runs a write with a reservation if it changes the app's state, and applies the change. */
  async change<T extends WriteOutcome | undefined>(write: SessionWrite<T>): Promise<T> {
    const { key, changes, increments, run } = write;
    const { byName = NO_INCREMENTS } = increments ?? {};
    if (changes.app.size === 0 && byName.size === 0) return (await run('elsewhere')) as T;
    const { appName, userId } = key;
    const where = { appName, bucket: bucketOf(userId) };
    const packed = packChanges(changes.app, byName);
    const reserve = { bucket: where.bucket, increments: byName };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const call = appScripts.reserve(this.#keys.app(appName), reserve);
      const reserved = await this.#unhindered(appName, async () =>
        readReservation(await this.#runner.write(call)),
      );
      if (reserved.type === 'unfit') {
        // The increments are there: without any, nothing is unfit.
        const outcome = await (increments as AppIncrements<T>).refuse(reserved.name);
        if (outcome?.isRepeated) await this.#applyAll(where);
        return outcome;
      }
      const { version, low } = reserved;
      const outcome = await run({ version, low, changes: packed });
      const done = outcome === 'stale' ? undefined : outcome;
      if (done?.stamp) {
        await this.#apply(where, [version, `${done.stamp}\n${packed}`]);
      } else {
        if (done?.isRepeated) await this.#applyAll(where);
        // Nothing must come of the version any more; or what has come of it is applied.
        const intent = { version, bucket: where.bucket, isOld: true };
        this.#inBackground(() => this.#finish(where, [intent]));
      }
      if (outcome !== 'stale') return outcome;
    }
    throw new HoldfastError('unavailable', {
      message: `the reservations for the state of app ${JSON.stringify(appName)} were called off ${MAX_ATTEMPTS} times`,
    });
  }

  /** Runs what increments may hinder that are under way: they are waited for, or called off. */
  async #unhindered<T extends { readonly type: string }>(
    appName: string,
    run: () => Promise<T | Hinder>,
  ): Promise<T | Exclude<Hinder, { readonly type: 'busy' }>> {
    const end = realTimers.now() + INCREMENT_PATIENCE_MS;
    for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const outcome = await run();
      if (outcome.type !== 'busy') return outcome as Exclude<typeof outcome, { type: 'busy' }>;
      if (realTimers.now() > end) break;
      await new Promise<void>((resolve) => void realTimers.setTimeout(resolve, pause));
      // It calls off what was abandoned.
      await this.read(appName);
    }
    throw new HoldfastError('unavailable', {
      message: `the increments of the state of app ${JSON.stringify(appName)} had to wait too long for others`,
    });
  }

  async #readNow(appName: string) {
    const reply = await this.#runner.read(appScripts.read(this.#keys.app(appName)));
    return readAppReply(reply, appName);
  }

  /**
   * Does what the writers of intents did not come to do; false if nothing was applied. A node
   * that cannot be reached does not stop readers: its events cannot be read, either.
   */
  async #finishSoon(appName: string, intents: readonly Intent[]): Promise<boolean> {
    const byBucket = new Map<number, Intent[]>();
    for (const intent of intents) {
      byBucket.set(intent.bucket, [...(byBucket.get(intent.bucket) ?? []), intent]);
    }
    const finished = Array.from(byBucket, async ([bucket, found]) => {
      try {
        const finish = () => this.#finish({ appName, bucket }, found);
        return await this.#patience.limit(finish, () => noAnswerInTime(READER_PATIENCE_MS));
      } catch (error) {
        if (isHoldfastError(error, 'unavailable')) return false;
        throw error;
      }
    });
    return (await Promise.all(finished)).includes(true);
  }

  /** Applies all that the outbox of a bucket has. */
  async #applyAll(where: AppBucket): Promise<void> {
    const all = appScripts.collectAll(this.#keys.bucket(where.appName, where.bucket));
    await this.#apply(where, await this.#runner.read(all));
  }

  /** Applies what the outbox of a bucket has for some intents; false if that is nothing. */
  async #finish(where: AppBucket, intents: readonly Intent[]): Promise<boolean> {
    const call = appScripts.collect(this.#keys.bucket(where.appName, where.bucket), intents);
    return await this.#apply(where, await this.#runner.write(call));
  }

  /** Applies entries of one bucket: versions and entries in turn. False if there was no change. */
  async #apply({ appName, bucket }: AppBucket, found: unknown): Promise<boolean> {
    const entries = readTexts(found);
    if (entries.length === 0) return false;
    await this.#runner.write(appScripts.apply(this.#keys.app(appName), entries));
    const versions = entries.filter((_, i) => i % 2 === 0 && entries[i + 1] !== '');
    if (versions.length === 0) return false;
    const clear = appScripts.clear(this.#keys.bucket(appName, bucket), versions);
    this.#inBackground(() => this.#runner.read(clear));
    return true;
  }
}
