import type { SessionService } from '@holdfast/session';
import { StoredSessionService } from '@holdfast/session/store';
import { aTurn, type GiveWay, RowDatabase } from './row-database.ts';
import { RowStore } from './row-store.ts';

type MakeStore = (database: RowDatabase) => RowStore;

class RowSessionService extends StoredSessionService {
  readonly #database: RowDatabase;
  readonly #make: MakeStore;

  constructor(database: RowDatabase, make: MakeStore) {
    super(make(database));
    this.#database = database;
    this.#make = make;
  }

  reopen(): RowSessionService {
    return new RowSessionService(this.#database, this.#make);
  }
}

/** How services over one database in memory are opened, each with a store of its own. */
export function onRows(make: MakeStore = (rows) => new RowStore(rows), giveWay: GiveWay = aTurn) {
  return {
    create: (): SessionService => new RowSessionService(new RowDatabase(giveWay), make),
    reopen(service: SessionService): SessionService {
      if (service instanceof RowSessionService) return service.reopen();
      throw new Error('not a service of this database');
    },
  };
}
