import { processWide } from '@holdfast/core/internal';

/** Where a driver's connections come from. What fails is the driver's own error. */
export interface ConnectionSource<Connection> {
  /** A connection that nobody else uses until it is released or destroyed. */
  acquire(wait: ConnectionWait): Promise<Connection>;
  /** Takes a connection back, to be used again. */
  release(connection: Connection): void;
  /** Closes a connection at once, whatever it is doing. It is not used again. */
  destroy(connection: Connection): void;
  /** Ends what the service owns. It may wait for the server. */
  end(): Promise<void>;
  /** Closes at once what `end` did not come to close in time. */
  destroyAll(): void;
}

/** Somebody's wait for a connection. */
export interface ConnectionWait {
  /** Whether it goes on. If not, no more connections need to be tried. */
  isWanted(): boolean;
  /** What a source does when the time for it is over, if it has set this. */
  giveUp?: () => void;
}

interface ErrorSource {
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Lets many services listen to one source as if they were one. The first begins, and the last ends
 * it; each gets a function to call when it no longer needs it.
 */
export function sharedListening<Source extends object>(
  begin: (source: Source) => () => void,
): (source: Source) => () => void {
  const shared = new WeakMap<Source, { users: number; readonly end: () => void }>();
  return (source) => {
    let listening = shared.get(source);
    if (listening === undefined) {
      listening = { users: 0, end: begin(source) };
      shared.set(source, listening);
    }
    const current = listening;
    current.users++;
    return () => {
      current.users--;
      if (current.users > 0) return;
      shared.delete(source);
      current.end();
    };
  };
}

/**
 * Listens to the errors of a pool or a connection, until the function that it gives is called. A
 * lost connection fails the query that was running on it, or the next one; but without a
 * listener, its event would end the process.
 */
export const absorbErrors = sharedListening<ErrorSource>((source) => {
  source.on('error', ignore);
  return () => source.off('error', ignore);
});

function ignore(): void {}

// One for the whole process: another copy of this package may have a service on a connection, too.
const tails = /* @__PURE__ */ processWide('sql.turns', () => new WeakMap<object, Promise<void>>());

/**
 * Waits until all who came before have left, however many services share a connection; gives the
 * function that lets the next one in.
 */
async function enter(connection: object): Promise<() => void> {
  const before = tails.get(connection);
  let leave = () => {};
  tails.set(connection, new Promise((resolve) => (leave = resolve)));
  await before;
  return leave;
}

/** The socket of a connection, as Node has it. */
interface ConnectionSocket {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** What a driver does with its connections. `owned`: the service ends them. */
export interface DriverConnections<Connection extends ErrorSource> {
  readonly owned: boolean;
  /** Closes a connection as far as the driver does that without waiting. */
  destroy(connection: Connection): void;
  /**
   * The socket under a connection: a driver that closes it in good order waits for a server that
   * may say nothing. Undefined if it is not known.
   */
  socketOf(connection: Connection): ConnectionSocket | undefined;
}

export interface DriverPool<Connection extends ErrorSource> extends DriverConnections<Connection> {
  acquire(wait: ConnectionWait): Promise<Connection>;
  release(connection: Connection): void;
  end(): Promise<unknown>;
}

/** The connections of a driver's pool. */
export function poolSource<Connection extends ErrorSource>(
  pool: DriverPool<Connection>,
): ConnectionSource<Connection> {
  const absorbed = new WeakMap<Connection, () => void>();
  const open = new Set<ConnectionSocket>();
  const remember = (socket: ConnectionSocket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  return {
    async acquire(wait) {
      const connection = await pool.acquire(wait);
      absorbed.set(connection, absorbErrors(connection));
      const socket = pool.owned ? pool.socketOf(connection) : undefined;
      if (socket !== undefined && !open.has(socket)) remember(socket);
      return connection;
    },
    release(connection) {
      absorbed.get(connection)?.();
      pool.release(connection);
    },
    // It may still meet an error while its socket closes, and so it is listened to.
    destroy(connection) {
      pool.destroy(connection);
      pool.socketOf(connection)?.destroy();
    },
    async end() {
      if (!pool.owned) return;
      await pool.end();
      const closed = (socket: ConnectionSocket) =>
        new Promise<void>((resolve) => socket.once('close', resolve));
      await Promise.all(Array.from(open, closed));
    },
    destroyAll() {
      for (const socket of open) socket.destroy();
    },
  };
}

export interface SingleConnection<Connection extends ErrorSource>
  extends DriverConnections<Connection> {
  readonly connection: Connection;
  /** What is the same for all who share it. */
  readonly identity: object;
  end(): Promise<unknown>;
}

/** A single connection: calls wait for each other, so that none gets into a transaction. */
export function singleSource<Connection extends ErrorSource>(
  single: SingleConnection<Connection>,
): ConnectionSource<Connection> {
  const { connection, owned } = single;
  const stopAbsorbing = absorbErrors(connection);
  let leave = () => {};
  let isDestroyed = false;
  const destroyAll = () => {
    isDestroyed = true;
    single.destroy(connection);
    single.socketOf(connection)?.destroy();
  };
  return {
    async acquire() {
      leave = await enter(single.identity);
      return connection;
    },
    release: () => leave(),
    destroy() {
      destroyAll();
      leave();
    },
    async end() {
      if (owned) await single.end();
      // A connection that has ended may still meet an error while its socket closes.
      else if (!isDestroyed) stopAbsorbing();
    },
    destroyAll,
  };
}
