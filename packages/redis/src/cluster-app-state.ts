import { HoldfastError, isHoldfastError } from '@holdfast/core';
import { CallTimer, noAnswerInTime } from '@holdfast/session/store';
import type { ScopeState, StateChanges } from '@holdfast/state/internal';
import type { AppState, AppStateOptions, SessionWrite, WriteOutcome } from './app-state.ts';
import { readTexts } from './read-reply.ts';
import { bucketOf, type RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import {
  appScripts,
  type Intent,
  readAppReply,
  readReservation,
} from './scripts/cluster-app-state.ts';
import { packChanges } from './scripts/encode-changes.ts';
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

// A reader calls off reservations that look abandoned. So often in a row it is not an accident.
const MAX_ATTEMPTS = 10;

/**
 * The state of an app on a Cluster. A write of it takes three steps, each in one slot:
 *
 * 1. `reserve`, in the app's slot: a version that is greater than all before, and an intent, which
 *    says in which bucket to look for what becomes of it.
 * 2. The event, in the user's slot, together with an entry in the outbox of its bucket.
 * 3. `apply`, in the app's slot: the entry's changes, key by key if its stamp is the greatest;
 *    the intent goes. Now the write is acknowledged, and the entry is cleared in the background.
 *
 * A reader who finds an intent looks into the outbox, and does the third step for an entry that it
 * finds. An old intent without an entry is called off: its write is refused from then on.
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
    await this.#runner.write(appScripts.update(this.#keys.app(appName), changes));
    return await this.read(appName);
  }

  /** Runs a write with a reservation if it changes the app's state, and applies the change. */
  async change<T extends WriteOutcome | undefined>(write: SessionWrite<T>): Promise<T> {
    const { key, changes, run } = write;
    if (changes.app.size === 0) return (await run('elsewhere')) as T;
    const { appName, userId } = key;
    const where = { appName, bucket: bucketOf(userId) };
    const packed = packChanges(changes.app);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const call = appScripts.reserve(this.#keys.app(appName), where.bucket);
      const { version, low } = readReservation(await this.#runner.write(call));
      const outcome = await run({ version, low, changes: packed });
      const done = outcome === 'stale' ? undefined : outcome;
      if (done?.stamp) {
        await this.#apply(where, [version, `${done.stamp}\n${packed}`]);
      } else {
        if (done?.isRepeated) {
          const all = appScripts.collectAll(this.#keys.bucket(appName, where.bucket));
          await this.#apply(where, await this.#runner.read(all));
        }
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
