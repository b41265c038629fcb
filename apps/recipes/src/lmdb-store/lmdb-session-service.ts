import {
  checkServiceOptions,
  type SessionServiceOptions,
  StoredSessionService,
} from '@holdfast/session/store';
import { openFolder, translate } from './lmdb-folder.ts';
import { LmdbStore } from './lmdb-store.ts';

export interface LmdbOptions extends SessionServiceOptions {
  /** The folder, which is made if there is none. */
  readonly path: string;
}

/** A session service over LMDB, for all processes of one machine. */
export class LmdbSessionService extends StoredSessionService {
  static async open({ path, ...options }: LmdbOptions): Promise<LmdbSessionService> {
    checkServiceOptions(options); // while there is nothing to close
    try {
      return new LmdbSessionService(new LmdbStore(openFolder(path)), options);
    } catch (error) {
      throw translate(error);
    }
  }
}
