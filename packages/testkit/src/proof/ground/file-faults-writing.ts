import { mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionKey } from '@holdfast/session';
import { HoldfastError } from '@holdfast/session';
import type {
  AppendOutcome,
  PreparedAppend,
  PreparedCreate,
  PreparedUpdateState,
  ScopeState,
  SharedState,
} from '@holdfast/session/store';
import type { FileFault } from './file-faults-keeping.ts';
import { FileRoom } from './file-room.ts';
import { FileStore } from './file-store.ts';
import { ifAbsent, type Version } from './file-versions.ts';
import { InstanceLock } from './instance-lock.ts';

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Replaces a version, also one that another has written. */
abstract class Overwrites extends FileStore {
  protected override async publish(appName: string, { number, text = '' }: Version) {
    const written = await this.versions.temporary(text);
    await mkdir(this.versions.folderOf(appName), { recursive: true });
    await rename(written, this.versions.pathOf(appName, number));
    return true;
  }
}

/** One write after the other, as far as the process goes. */
class LocksInItsProcess extends Overwrites {
  static readonly #lock = new InstanceLock();

  protected override change<T>(appName: string, write: (room: FileRoom) => Promise<T>) {
    return LocksInItsProcess.#lock.run(appName, () => super.change(appName, write));
  }
}

/** One write after the other, by a file that is there for as long as somebody writes. */
class LeavesItsLockBehind extends Overwrites {
  protected override async change<T>(appName: string, write: (room: FileRoom) => Promise<T>) {
    const path = await this.#lock(appName);
    try {
      return await super.change(appName, write);
    } finally {
      await unlink(path).catch(ifAbsent(undefined));
    }
  }

  async #lock(appName: string): Promise<string> {
    const folder = this.versions.folderOf(appName);
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'lock');
    const end = performance.now() + 2_000;
    for (;;) {
      const isMine = await writeFile(path, '', { flag: 'wx' }).then(
        () => true,
        () => false,
      );
      if (isMine) return path;
      if (await this.isLeft(path)) await unlink(path).catch(ifAbsent(undefined));
      if (performance.now() > end) {
        throw new HoldfastError('unavailable', { message: 'the storage is locked' });
      }
      await aMoment();
    }
  }

  /** Whether nobody holds the lock any more. */
  protected async isLeft(_path: string): Promise<boolean> {
    return false;
  }
}

/** A lock that is a moment old counts as one of a process that is gone. */
class TakesTheLocksOfOthers extends LeavesItsLockBehind {
  protected override async isLeft(path: string): Promise<boolean> {
    const made = await stat(path).catch(ifAbsent(undefined));
    return made !== undefined && Date.now() - made.mtimeMs > 1;
  }
}

/** A write that lost is written all the same, as the next version. */
class WritesWhatItHasDecided extends FileStore {
  protected override async publish(appName: string, { number, text }: Version) {
    for (let next = number; ; next++) {
      if (await super.publish(appName, { number: next, text })) return true;
    }
  }
}

/** Writes a version where it is read, in two pieces; who reads waits until it is whole. */
class WritesInPlace extends FileStore {
  protected override async publish(appName: string, { number, text = '' }: Version) {
    const folder = this.versions.folderOf(appName);
    await mkdir(folder, { recursive: true });
    const file = await open(this.versions.pathOf(appName, number), 'wx').catch(() => undefined);
    if (file === undefined) return false;
    const half = Math.floor(text.length / 2);
    await file.write(text.slice(0, half));
    await aMoment();
    await file.write(text.slice(half));
    await file.close();
    return true;
  }

  protected override async latest(appName: string): Promise<Version> {
    const end = performance.now() + 200;
    for (;;) {
      const number = Math.max(0, ...(await this.versions.numbers(appName)));
      if (number === 0) return { number, text: undefined };
      const text = await readFile(this.versions.pathOf(appName, number), 'utf8');
      if (isWhole(text)) return { number, text };
      if (performance.now() > end) return this.torn(appName, { number, text });
      await aMoment();
    }
  }

  protected async torn(_appName: string, version: Version): Promise<Version> {
    return version;
  }
}

/** What is torn counts as nothing. */
class TakesWhatIsTornForEmpty extends WritesInPlace {
  protected override async torn(_appName: string, { number }: Version): Promise<Version> {
    return { number, text: undefined };
  }
}

function isWhole(text: string): boolean {
  return text.endsWith('}');
}

/** What another is about to write counts as written. */
class ReadsWhatIsNotYetWritten extends FileStore {
  protected override async publish(appName: string, version: Version): Promise<boolean> {
    const path = join(this.versions.folder, `${encodeURIComponent(appName)}.next`);
    await mkdir(this.versions.folder, { recursive: true });
    await writeFile(path, version.text ?? '');
    const isFirst = await super.publish(appName, version);
    await unlink(path).catch(ifAbsent(undefined));
    return isFirst;
  }

  protected override async latest(appName: string): Promise<Version> {
    const latest = await super.latest(appName);
    const path = join(this.versions.folder, `${encodeURIComponent(appName)}.next`);
    const next = await readFile(path, 'utf8').catch(ifAbsent(''));
    return isWhole(next) ? { ...latest, text: next } : latest;
  }
}

/** States are in a file of their own, which is written after that of the sessions. */
class WritesStatesApart extends FileStore {
  protected override async publish(appName: string, { number, text }: Version): Promise<boolean> {
    const before = await this.#states(appName);
    const sessions = FileRoom.parse(text).withStatesOf(before).toText();
    if (!(await super.publish(appName, { number, text: sessions }))) return false;
    const written = await this.versions.temporary(text ?? '');
    await rename(written, this.#pathOf(appName));
    return true;
  }

  protected override async latest(appName: string): Promise<Version> {
    const { number, text } = await super.latest(appName);
    if (text === undefined) return { number, text };
    const states = await this.#states(appName);
    return { number, text: FileRoom.parse(text).withStatesOf(states).toText() };
  }

  async #states(appName: string): Promise<FileRoom> {
    return FileRoom.parse(await readFile(this.#pathOf(appName), 'utf8').catch(ifAbsent(undefined)));
  }

  #pathOf(appName: string): string {
    return join(this.versions.folderOf(appName), 'states');
  }
}

/** A session goes in two steps: its events, then itself. */
class DeletesInTwoSteps extends FileStore {
  override async delete(key: SessionKey): Promise<boolean> {
    await this.change(key.appName, async (room) => {
      for (const { key: each, events } of room.all()) {
        const isIt = each.userId === key.userId && each.sessionId === key.sessionId;
        if (isIt) events.length = 0;
      }
    });
    return super.delete(key);
  }
}

/** Each event of a batch is a write of its own. */
class WritesBatchesOneByOne extends FileStore {
  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    let outcome = await this.look(append.key.appName, (room) => room.append(append));
    if (outcome.type !== 'written') return outcome;
    for (const [i] of append.events.entries()) {
      outcome = await this.change(append.key.appName, (room) =>
        room.append({
          ...append,
          events: append.events.slice(i, i + 1),
          expectedRevision: undefined,
          ...(i > 0 && { changes: { session: new Map(), user: new Map(), app: new Map() } }),
        }),
      );
    }
    return outcome;
  }
}

/** A session is there before its state is. */
class WritesInitialStatesLater extends FileStore {
  override async create(create: PreparedCreate): Promise<SharedState | undefined> {
    const none = new Map();
    const state = { session: none, user: none, app: none };
    const created = await super.create({ ...create, state });
    if (created === undefined) return undefined;
    return this.change(create.key.appName, async (room) => {
      await room.delete(create.key);
      return room.create(create);
    });
  }
}

/** Each key of an update is a write of its own. */
class UpdatesKeyByKey extends FileStore {
  override async updateState(update: PreparedUpdateState): Promise<ScopeState> {
    let state: ScopeState = new Map();
    for (const change of update.changes) {
      state = await super.updateState({ ...update, changes: new Map([change]) });
    }
    return state;
  }
}

/** Writes down what it is about to write, and whoever opens the folder does what was left of it. */
class DoesAgainWhatWasLeft extends FileStore {
  #opening: Promise<void> | undefined;

  protected override async latest(appName: string): Promise<Version> {
    this.#opening ??= this.#open();
    await this.#opening;
    return super.latest(appName);
  }

  protected override async publish(appName: string, version: Version): Promise<boolean> {
    const path = `${await this.versions.temporary('')}.todo`;
    await writeFile(path, JSON.stringify({ appName, text: version.text, by: process.pid }));
    const isFirst = await super.publish(appName, version);
    await unlink(path).catch(ifAbsent(undefined));
    return isFirst;
  }

  async #open(): Promise<void> {
    const folder = join(this.versions.folder, 'temporary');
    const names = await readdir(folder).catch(ifAbsent<string[]>([]));
    for (const name of names.filter((each) => each.endsWith('.todo'))) {
      const path = join(folder, name);
      const left = await readFile(path, 'utf8').catch(ifAbsent(''));
      if (left === '') continue;
      const { appName, text, by } = JSON.parse(left);
      if (isRunning(by)) continue;
      const { number } = await super.latest(appName);
      await super.publish(appName, { number: number + 1, text });
      await unlink(path).catch(ifAbsent(undefined));
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Writes anew what it finds when it is opened, whatever others write meanwhile. */
class TidiesUpWhenOpened extends FileStore {
  readonly #opened = new Map<string, Promise<void>>();

  protected override async latest(appName: string): Promise<Version> {
    const opening = this.#opened.get(appName) ?? this.#tidyUp(appName);
    this.#opened.set(appName, opening);
    await opening;
    return super.latest(appName);
  }

  async #tidyUp(appName: string): Promise<void> {
    const { number, text } = await super.latest(appName);
    if (text === undefined) return;
    for (let next = number + 1; ; next++) {
      if (await this.publish(appName, { number: next, text })) return;
    }
  }
}

export const writingFaults = {
  LocksInItsProcess,
  LeavesItsLockBehind,
  TakesTheLocksOfOthers,
  WritesWhatItHasDecided,
  WritesInPlace,
  TakesWhatIsTornForEmpty,
  ReadsWhatIsNotYetWritten,
  WritesStatesApart,
  DeletesInTwoSteps,
  WritesBatchesOneByOne,
  WritesInitialStatesLater,
  UpdatesKeyByKey,
  DoesAgainWhatWasLeft,
  TidiesUpWhenOpened,
} satisfies Readonly<Record<string, FileFault>>;
