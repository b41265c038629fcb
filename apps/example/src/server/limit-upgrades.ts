import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Whether a request is to become another protocol. */
export type IsUpgrade = (request: IncomingMessage) => boolean;

/** What a request says of the protocol that it could become. */
const UPGRADE_FIELDS: readonly string[] = ['upgrade', 'http2-settings'];

/**
 * Leaves to the `upgrade` listeners that a server has so far only the requests that they are to
 * have. Any other is answered as if it did not ask for an upgrade, as HTTP allows. (Once a server
 * has such a listener, Node answers none of them, and closes none of their connections.)
 */
export function limitUpgrades(server: EventEmitter, isUpgrade: IsUpgrade): void {
  const listeners = server.listeners('upgrade');
  server.removeAllListeners('upgrade');
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isUpgrade(request)) return serve(server, { request, socket, head });
    // What we have ended is over, also where the other side stays.
    socket.once('finish', () => socket.destroy());
    for (const listener of listeners) listener.call(server, request, socket, head);
  });
}

/** Has the server read a request once more, without its wish. A body stands in `head`, unread. */
function serve(
  server: EventEmitter,
  upgrade: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
): void {
  const { request, socket, head } = upgrade;
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(i, i + 2);
    const field = name.toLowerCase();
    if (UPGRADE_FIELDS.includes(field)) continue;
    lines.push(`${name}: ${field === 'connection' ? withoutUpgrade(value) : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutUpgrade(connection: string): string {
  return connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => !UPGRADE_FIELDS.includes(option.toLowerCase()))
    .join(', ');
}
