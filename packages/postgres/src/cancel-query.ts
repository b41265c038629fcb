import { connect } from 'node:net';

/** What a client of `pg` knows of its connection, and keeps to itself. */
interface Connected {
  readonly host?: string;
  readonly port?: number;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
  readonly _activeQuery?: { readonly types?: unknown } | null;
}

// The code of a request to cancel, in place of a version of the protocol.
const CANCEL = 80877102;
const GIVE_UP_AFTER_MS = 5_000;

/**
 * Asks the server to cancel what a connection is running, by a connection that is made for it. A
 * server does not notice that its client has gone while a statement waits for a lock: it would be
 * written in the end, and keep its own locks until then. `types` tells our queries from those of
 * the connection's owner, which are left alone. Nobody waits for this, and it may come to nothing:
 * the server does not answer it.
 */
export function cancelQuery(client: object, { types }: { readonly types: object }): void {
  const { host, port, processID, secretKey, _activeQuery } = client as Connected;
  if (_activeQuery?.types !== types || !host || !port) return;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return;
  const request = Buffer.alloc(16);
  [request.length, CANCEL, processID, secretKey].forEach((value, i) => {
    request.writeInt32BE(value, i * 4);
  });
  const isPath = host.startsWith('/');
  const socket = connect(isPath ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  socket.on('error', () => {});
  socket.setTimeout(GIVE_UP_AFTER_MS, () => socket.destroy());
  socket.unref();
  socket.resume();
  socket.end(request);
}
