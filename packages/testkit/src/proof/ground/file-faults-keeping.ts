import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedCreate,
  PreparedList,
  PreparedUpdateState,
  ScopeState,
  SharedState,
  StoredPage,
} from '@holdfast/session/store';
import type { FileRoom } from './file-room.ts';
import { FileStore } from './file-store.ts';
import type { Version } from './file-versions.ts';
import { InstanceLock } from './instance-lock.ts';

export type FileFault = new (folder: string) => FileStore;

/** Keeps what it has read and written in memory, and writes it when it thinks fit. */
abstract class KeepsRooms extends FileStore {
  protected readonly rooms = new Map<string, FileRoom>();
  readonly #turns = new InstanceLock();

  protected async room(appName: string): Promise<FileRoom> {
    const room = this.rooms.get(appName) ?? this.parse(await this.latest(appName));
    this.rooms.set(appName, this.rooms.get(appName) ?? room);
    return this.rooms.get(appName) ?? room;
  }

  protected override async look<T>(appName: string, read: (room: FileRoom) => Promise<T>) {
    return read(await this.room(appName));
  }

  protected override async change<T>(appName: string, write: (room: FileRoom) => Promise<T>) {
    return this.#turns.run(appName, async () => {
      const answer = await write(await this.room(appName));
      await this.changed(appName);
      return answer;
    });
  }

  /** After each write. */
  protected abstract changed(appName: string): Promise<void>;

  /** Writes what it has of an app on top of whatever is there. */
  protected async save(appName: string): Promise<void> {
    const text = this.rooms.get(appName)?.toText();
    for (;;) {
      const latest = await this.latest(appName);
      if (latest.text === text) return;
      if (await this.publish(appName, { number: latest.number + 1, text })) return;
    }
  }

  protected async saveAll(): Promise<void> {
    for (const appName of this.rooms.keys()) await this.save(appName);
  }
}

class WritesAtClose extends KeepsRooms {
  protected override async changed(): Promise<void> {}

  override close(): Promise<void> {
    return this.saveAll();
  }
}

class WritesBehind extends KeepsRooms {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  protected override async changed(appName: string): Promise<void> {
    clearTimeout(this.#timers.get(appName));
    this.#timers.set(appName, setTimeout(() => this.save(appName).catch(() => {}), 10).unref());
  }

  override close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    return this.saveAll();
  }
}

class WritesEveryThird extends KeepsRooms {
  #writes = 0;

  protected override async changed(appName: string): Promise<void> {
    if (++this.#writes % 3 === 0) await this.save(appName);
  }

  override close(): Promise<void> {
    return this.saveAll();
  }
}

/** Answers before the write is done, which it has begun. */
class WritesAfterItsAnswer extends KeepsRooms {
  readonly #saving = new Set<Promise<void>>();

  protected override async changed(appName: string): Promise<void> {
    const saving = this.save(appName).finally(() => this.#saving.delete(saving));
    this.#saving.add(saving);
  }

  override async close(): Promise<void> {
    await Promise.all(this.#saving);
  }
}

/** A state without a session goes with the next write of a session. */
class WritesStatesWithSessions extends FileStore {
  static readonly #waiting = new Map<string, PreparedUpdateState[]>();

  override async updateState(update: PreparedUpdateState): Promise<ScopeState> {
    const { appName } = update.owner;
    const waiting = WritesStatesWithSessions.#waiting.get(appName) ?? [];
    WritesStatesWithSessions.#waiting.set(appName, [...waiting, update]);
    return this.getState(update.owner);
  }

  protected override look<T>(appName: string, read: (room: FileRoom) => Promise<T>) {
    return super.look(appName, async (room) => read(await this.#withWaiting(appName, room)));
  }

  protected override change<T>(appName: string, write: (room: FileRoom) => Promise<T>) {
    return super.change(appName, async (room) => write(await this.#withWaiting(appName, room)));
  }

  async #withWaiting(appName: string, room: FileRoom): Promise<FileRoom> {
    for (const update of WritesStatesWithSessions.#waiting.get(appName) ?? []) {
      await room.updateState(update);
    }
    return room;
  }
}

/** All instances of a process share what it has read first, and write it as a whole. */
class KeepsRoomsInItsProcess extends KeepsRooms {
  static readonly #all = new Map<string, Map<string, FileRoom>>();
  protected override readonly rooms: Map<string, FileRoom>;

  constructor(folder: string) {
    super(folder);
    this.rooms = KeepsRoomsInItsProcess.#all.get(folder) ?? new Map();
    KeepsRoomsInItsProcess.#all.set(folder, this.rooms);
  }

  protected override changed(appName: string): Promise<void> {
    return this.save(appName);
  }
}

/** What it has read holds for a while, in all of the process. */
class KeepsForAWhile extends FileStore {
  static readonly #kept = new Map<string, { readonly version: Version; readonly until: number }>();

  protected override async look<T>(appName: string, read: (room: FileRoom) => Promise<T>) {
    const kept = KeepsForAWhile.#kept.get(appName);
    const isFresh = kept !== undefined && performance.now() < kept.until;
    const version = isFresh ? kept.version : await this.latest(appName);
    if (!isFresh) KeepsForAWhile.#kept.set(appName, { version, until: performance.now() + 15 });
    return read(this.parse(version));
  }

  protected override async change<T>(appName: string, write: (room: FileRoom) => Promise<T>) {
    const answer = await super.change(appName, write);
    KeepsForAWhile.#kept.delete(appName);
    return answer;
  }
}

/** What it has read holds until it writes itself. */
class KeepsUntilItWrites extends FileStore {
  readonly #kept = new Map<string, Version>();

  protected override async look<T>(appName: string, read: (room: FileRoom) => Promise<T>) {
    const version = this.#kept.get(appName) ?? (await this.latest(appName));
    this.#kept.set(appName, version);
    return read(this.parse(version));
  }

  protected override async change<T>(appName: string, write: (room: FileRoom) => Promise<T>) {
    const answer = await super.change(appName, write);
    this.#kept.delete(appName);
    return answer;
  }
}

/** Which sessions there are is read once, and followed by what it writes itself. */
class ReadsTheIndexOnce extends FileStore {
  readonly #ids = new Map<string, Set<string>>();

  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const created = await super.create(create);
    this.#ids.get(create.key.appName)?.add(create.key.sessionId);
    return created;
  }

  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const known =
      this.#ids.get(list.appName) ?? new Set(page.sessions.map(({ key }) => key.sessionId));
    this.#ids.set(list.appName, known);
    return { ...page, sessions: page.sessions.filter(({ key }) => known.has(key.sessionId)) };
  }
}

/** The times of sessions are kept in the process, and written as those of their creation. */
class KeepsTimesInItsProcess extends FileStore {
  static readonly #times = new Map<string, number>();

  protected override parse(version: Version): FileRoom {
    const room = super.parse(version);
    for (const session of room.all()) {
      session.lastUpdateTime =
        KeepsTimesInItsProcess.#times.get(session.incarnation) ?? session.createTime;
    }
    return room;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    return this.change(append.key.appName, async (room) => {
      const outcome = await room.append(append);
      for (const { incarnation, lastUpdateTime } of room.all()) {
        KeepsTimesInItsProcess.#times.set(incarnation, lastUpdateTime);
      }
      return outcome;
    });
  }
}

/** Deleted sessions are known to the process alone until the instance closes. */
class DeletesAtClose extends FileStore {
  static readonly #gone = new Set<string>();
  readonly #mine: SessionKey[] = [];

  override async delete(key: SessionKey): Promise<boolean> {
    return super.look(key.appName, async (room) => {
      const session = await room.get({ key, numRecentEvents: 0, afterTimestamp: undefined });
      if (session === undefined || DeletesAtClose.#gone.has(session.incarnation)) return false;
      DeletesAtClose.#gone.add(session.incarnation);
      this.#mine.push(key);
      return true;
    });
  }

  protected override parse(version: Version): FileRoom {
    const room = super.parse(version);
    for (const { key, incarnation } of [...room.all()]) {
      if (DeletesAtClose.#gone.has(incarnation)) void room.delete(key);
    }
    return room;
  }

  override async close(): Promise<void> {
    for (const { appName } of this.#mine) await this.change(appName, async () => {});
  }
}

/** Closing writes what was there when this instance looked last. */
class ClosesWithWhatItKnows extends FileStore {
  readonly #seen = new Map<string, string>();

  protected override async latest(appName: string): Promise<Version> {
    const latest = await super.latest(appName);
    if (latest.text !== undefined) this.#seen.set(appName, latest.text);
    return latest;
  }

  override async close(): Promise<void> {
    for (const [appName, text] of this.#seen) {
      const { number } = await super.latest(appName);
      await this.publish(appName, { number: number + 1, text });
    }
  }
}

/** What is written loses something that the memory of the instance still has. */
class WritesOtherLineEnds extends KeepsRooms {
  protected override changed(appName: string): Promise<void> {
    return this.save(appName);
  }

  protected override publish(appName: string, { number, text = '' }: Version): Promise<boolean> {
    return super.publish(appName, {
      number,
      text: text.replaceAll(String.raw`\\r\\n`, String.raw`\\n`),
    });
  }

  protected override async save(appName: string): Promise<void> {
    const text = this.rooms.get(appName)?.toText();
    const { number } = await this.latest(appName);
    await this.publish(appName, { number: number + 1, text });
  }
}

/** Each process gives a session an incarnation of its own. */
class MakesIncarnationsInItsProcess extends FileStore {
  static readonly #made = new Map<string, string>();

  protected override parse(version: Version): FileRoom {
    const { text } = version;
    return super.parse({
      ...version,
      text: text?.replaceAll(/"incarnation":"([^"]+)"/g, (_, stored: string) => {
        const made = MakesIncarnationsInItsProcess.#made.get(stored) ?? crypto.randomUUID();
        MakesIncarnationsInItsProcess.#made.set(stored, made);
        MakesIncarnationsInItsProcess.#made.set(made, made);
        return `"incarnation":"${made}"`;
      }),
    });
  }
}

export const keepingFaults = {
  WritesAtClose,
  WritesBehind,
  WritesEveryThird,
  WritesAfterItsAnswer,
  WritesStatesWithSessions,
  KeepsRoomsInItsProcess,
  KeepsForAWhile,
  KeepsUntilItWrites,
  ReadsTheIndexOnce,
  KeepsTimesInItsProcess,
  DeletesAtClose,
  ClosesWithWhatItKnows,
  WritesOtherLineEnds,
  MakesIncarnationsInItsProcess,
};
