import type { SessionKey } from '@holdfast/session';
import type {
  AppendOutcome,
  ListedEvents,
  PreparedAppend,
  PreparedCreate,
  PreparedGet,
  PreparedGetState,
  PreparedList,
  PreparedListEvents,
  PreparedUpdateState,
  ScopeState,
  SessionSnapshot,
  SessionStore,
  SharedState,
  StoreCapabilities,
  StoredPage,
} from '@holdfast/session/store';
import { FileRoom } from './file-room.ts';
import { FileVersions, type Version } from './file-versions.ts';
import { InstanceLock } from './instance-lock.ts';

/**
 * A correct store in a folder that several processes share: all of an app is in one file, which is
 * replaced by its next version with each write, unless another was faster. Then the write is
 * decided anew.
 */
export class FileStore implements SessionStore {
  readonly capabilities: StoreCapabilities = {
    persistent: true,
    shared: true,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
  };
  protected readonly versions: FileVersions;
  // Those of one instance need not race.
  readonly #lock = new InstanceLock();

  constructor(folder: string) {
    this.versions = new FileVersions(folder);
  }

  async create(create: PreparedCreate): Promise<SharedState | undefined> {
    return this.change(create.key.appName, (room) => room.create(create));
  }

  async get(get: PreparedGet): Promise<SessionSnapshot | undefined> {
    return this.look(get.key.appName, (room) => room.get(get));
  }

  async append(append: PreparedAppend): Promise<AppendOutcome> {
    return this.change(append.key.appName, (room) => room.append(append));
  }

  async list(list: PreparedList): Promise<StoredPage> {
    return this.look(list.appName, (room) => room.list(list));
  }

  async listEvents(list: PreparedListEvents): Promise<ListedEvents | undefined> {
    return this.look(list.key.appName, (room) => room.listEvents(list));
  }

  async delete(key: SessionKey): Promise<boolean> {
    return this.change(key.appName, (room) => room.delete(key));
  }

  async getState(owner: PreparedGetState): Promise<ScopeState> {
    return this.look(owner.appName, (room) => room.getState(owner));
  }

  async updateState(update: PreparedUpdateState): Promise<ScopeState> {
    return this.change(update.owner.appName, (room) => room.updateState(update));
  }

  async close(): Promise<void> {}

  protected async look<T>(appName: string, read: (room: FileRoom) => Promise<T>): Promise<T> {
    return read(this.parse(await this.latest(appName)));
  }

  protected async change<T>(appName: string, write: (room: FileRoom) => Promise<T>): Promise<T> {
    return this.#lock.run(appName, async () => {
      for (;;) {
        const latest = await this.latest(appName);
        const room = this.parse(latest);
        const answer = await write(room);
        const text = room.toText();
        if (text === latest.text) return answer;
        if (await this.publish(appName, { number: latest.number + 1, text })) return answer;
      }
    });
  }

  protected latest(appName: string): Promise<Version> {
    return this.versions.latest(appName);
  }

  protected publish(appName: string, version: Version): Promise<boolean> {
    return this.versions.publish(appName, version);
  }

  protected parse({ text }: Version): FileRoom {
    return FileRoom.parse(text);
  }
}
