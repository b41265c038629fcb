import { HoldfastError } from '@holdfast/core';
import type { PreparedAppend, PreparedGet } from '@holdfast/session';
import type { StateChanges } from '@holdfast/state';
import { type AppBucket, ClusterAppState } from './cluster-app-state.ts';
import type { ServersOptions } from './one-server.ts';
import { parseState } from './parse-stored.ts';
import { bucketOf, type RedisKeys } from './redis-keys.ts';
import type { ScriptRunner } from './script-runner.ts';
import { appendEvents, readAppendOutcome } from './scripts/append-events.ts';
import {
  type CreateRun,
  createSession,
  type NewSession,
  readCreateOutcome,
} from './scripts/create-session.ts';
import { foldState, packChanges } from './scripts/encode-changes.ts';
import { readSession, readStoredSession } from './scripts/read-session.ts';
import type { Reservation } from './scripts/reserved.ts';
import type { CompleteSession, ScopeState, Servers, SharedState } from './servers.ts';

// A reader calls off reservations that look abandoned. So often in a row it is no accident.
const MAX_ATTEMPTS = 10;

export interface ClusterServersOptions extends ServersOptions {
  /** Runs what is not waited for; `close` of the service waits for it. */
  readonly inBackground: (run: () => Promise<unknown>) => void;
}

interface AppChange extends AppBucket {
  readonly changes: StateChanges;
}

/** `stamp` is that of the changes of the app's state; missing or '' where none were written now. */
interface Outcome {
  readonly type: string;
  readonly stamp?: string;
}

type Done<T extends Outcome> = Exclude<T, { readonly type: 'stale' }>;

/** A Cluster: what a user has is in one slot, and the state of the app in another. */
export class ClusterServers implements Servers {
  readonly #runner: ScriptRunner;
  readonly #keys: RedisKeys;
  readonly #appState: ClusterAppState;

  constructor(options: ClusterServersOptions) {
    this.#runner = options.runner;
    this.#keys = options.keys;
    this.#appState = new ClusterAppState(options);
  }

  async get(get: PreparedGet): Promise<CompleteSession | undefined> {
    const run = readSession({ get, keys: this.#keys, app: 'elsewhere' });
    const [reply, app] = await Promise.all([
      this.#runner.read(run),
      this.#appState.read(get.key.appName),
    ]);
    const session = readStoredSession(get, reply);
    return session && { ...session, app };
  }

  async create(create: NewSession): Promise<SharedState | undefined> {
    const { appName, userId } = create.key;
    const { user: changes, app } = create.changes;
    const change = { appName, bucket: bucketOf(userId), changes: app };
    const outcome = await this.#reserve(change, async (reservation) => {
      const run: CreateRun = { create, keys: this.#keys, app: reservation ?? 'elsewhere' };
      return readCreateOutcome(await this.#runner.write(createSession(run)));
    });
    if (outcome.type !== 'created') return undefined;
    return {
      user: foldState(parseState(outcome.user, { appName, userId }), changes),
      app: await this.#appState.read(appName),
    };
  }

  async append(append: PreparedAppend) {
    const { key, changes } = append;
    const touch = this.#runner.waits;
    const { appName, userId } = key;
    const change = { appName, bucket: bucketOf(userId), changes: changes.app };
    return await this.#reserve(change, async (reservation) => {
      const run = { append, keys: this.#keys, touch, app: reservation ?? ('none' as const) };
      return readAppendOutcome(append, await this.#runner.write(appendEvents(run)));
    });
  }

  getAppState(appName: string): Promise<ScopeState> {
    return this.#appState.read(appName);
  }

  async updateAppState(appName: string, changes: StateChanges): Promise<ScopeState> {
    await this.#appState.update(appName, changes);
    return await this.#appState.read(appName);
  }

  /**
   * Runs a write with a reservation if it changes the app's state, applies the change, and sees
   * to it that nothing is left over where the write was not done.
   */
  async #reserve<T extends Outcome>(
    { appName, bucket, changes }: AppChange,
    write: (reservation: Reservation | undefined) => Promise<T>,
  ): Promise<Done<T>> {
    if (changes.size === 0) return (await write(undefined)) as Done<T>;
    const packed = packChanges(changes);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { version, low } = await this.#appState.reserve(appName, bucket);
      const reservation = { version, low, bucket, changes: packed };
      const outcome = await write(reservation);
      if (outcome.stamp) {
        const entry = `${outcome.stamp}\n${packed}`;
        await this.#appState.apply({ appName, bucket }, [{ version, entry }]);
      } else if (outcome.type === 'stored' || outcome.type === 'created') {
        // It was written before, and whoever did may not have come to apply it.
        await this.#appState.applyAll({ appName, bucket });
      }
      if (!outcome.stamp) this.#appState.callOff({ appName, bucket }, version);
      if (outcome.type !== 'stale') return outcome as Done<T>;
    }
    throw new HoldfastError('unavailable', {
      message: `the reservations for the state of app ${JSON.stringify(appName)} were called off ${MAX_ATTEMPTS} times`,
    });
  }
}
