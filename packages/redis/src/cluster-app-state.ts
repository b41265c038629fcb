import { isHoldfastError } from '@holdfast/core';
import type { StateChanges } from '@holdfast/state';
import type { ClusterServersOptions } from './cluster-servers.ts';
import { parseState } from './parse-stored.ts';
import type { RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import {
  applyEntries,
  clearEntries,
  collectAllEntries,
  collectEntries,
  type Intent,
  type OutboxEntry,
  readAllCollected,
  readAppState,
  readCollected,
  readFoundAppState,
  reserveVersion,
  updateAppState,
} from './scripts/app-state.ts';
import type { ScopeState } from './servers.ts';

/** Where changes of an app's state come from. */
export interface AppBucket {
  readonly appName: string;
  readonly bucket: number;
}

// How long a reader waits for a node that has changes of which nobody has been told yet.
const READER_PATIENCE_MS = 1_000;

/**
 * The state of an app on a Cluster. A write of it takes three steps, each in one slot:
 *
 * 1. `reserve`, in the app's slot: a version that is greater than all before, and an intent, which
 *    says in which bucket to look for what becomes of it.
 * 2. The event, in the user's slot, together with an entry in the outbox of its bucket.
 * 3. `apply`, in the app's slot: the entry's changes, key by key where its stamp is the greatest;
 *    the intent goes. Now the write is acknowledged, and the entry is cleared, not waited for.
 *
 * A reader who finds an intent looks into the outbox, and does the third step for an entry that it
 * finds. An intent that is old and has none is called off: its write is refused from then on.
 */
export class ClusterAppState {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  readonly #inBackground: ClusterServersOptions['inBackground'];

  constructor({ runner, keys, inBackground }: ClusterServersOptions) {
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

  async reserve(appName: string, bucket: number): Promise<{ version: string; low: string }> {
    const call = reserveVersion(this.#keys.app(appName), bucket);
    const [version, low] = (await this.#runner.write(call)) as readonly [string, string];
    return { version, low };
  }

  /** Applies entries of one bucket. */
  async apply(where: AppBucket, entries: readonly OutboxEntry[]): Promise<void> {
    await this.#runner.write(applyEntries(this.#keys.app(where.appName), entries));
    const versions = entries.flatMap(({ version, entry }) => (entry === '' ? [] : [version]));
    if (versions.length === 0) return;
    const { appName, bucket } = where;
    const clear = clearEntries(this.#keys.bucket(appName, bucket), versions);
    this.#inBackground(() => this.#runner.read(clear));
  }

  /** Applies whatever the outbox of a bucket has. */
  async applyAll(where: AppBucket): Promise<void> {
    const call = collectAllEntries(this.#keys.bucket(where.appName, where.bucket));
    const entries = readAllCollected(await this.#runner.read(call));
    if (entries.length > 0) await this.apply(where, entries);
  }

  /** Sees to it that nothing comes of a version any more, or applies what has come of it. */
  callOff(where: AppBucket, version: string): void {
    const intent = { version, bucket: where.bucket, isOld: true };
    this.#inBackground(() => this.#finish(where, [intent]));
  }

  async update(appName: string, changes: StateChanges): Promise<void> {
    await this.#runner.write(updateAppState(this.#keys.app(appName), changes));
  }

  async #readNow(appName: string) {
    return readFoundAppState(await this.#runner.read(readAppState(this.#keys.app(appName))));
  }

  /**
   * Does what the writers of intents have not come to do; false where nothing was applied. A
   * node that cannot be reached does not keep readers: its events cannot be read, either.
   */
  async #finishSoon(appName: string, intents: readonly Intent[]): Promise<boolean> {
    const byBucket = new Map<number, Intent[]>();
    for (const intent of intents) {
      byBucket.set(intent.bucket, [...(byBucket.get(intent.bucket) ?? []), intent]);
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), READER_PATIENCE_MS);
    });
    const finished = Array.from(byBucket, async ([bucket, found]) => {
      try {
        return await Promise.race([this.#finish({ appName, bucket }, found), tooLate]);
      } catch (error) {
        if (isHoldfastError(error) && error.retryable) return false;
        throw error;
      }
    });
    try {
      return (await Promise.all(finished)).includes(true);
    } finally {
      clearTimeout(timer);
    }
  }

  async #finish(where: AppBucket, intents: readonly Intent[]): Promise<boolean> {
    const call = collectEntries(this.#keys.bucket(where.appName, where.bucket), intents);
    const entries = readCollected(intents, await this.#runner.write(call));
    if (entries.length === 0) return false;
    await this.apply(where, entries);
    return entries.some(({ entry }) => entry !== '');
  }
}
