import { once } from 'node:events';
import type { IncomingMessage, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType, type WebSocketServerLike } from '@hono/node-server';
import type { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { MAX_BODY_BYTES, PATIENCE } from './guard.ts';
import { type IsUpgrade, limitUpgrades } from './limit-upgrades.ts';
import { serveInOrder } from './serve-in-order.ts';
import { isSocketPath } from './socket-route.ts';

export interface ListenOptions {
  readonly app: Hono;
  readonly host: string;
  readonly port: number;
  /** How many ports behind it may be tried where it is taken. */
  readonly otherPorts: number;
  /** How long a request may take to come whole, in ms. @default PATIENCE */
  readonly patience?: number | undefined;
}

export interface Listening {
  /** Where the server is, such as `http://127.0.0.1:3000/`. */
  readonly url: string;
  /** Takes no more requests. Those that run go on. */
  stop(): void;
  /** Ends what is still connected. */
  close(): Promise<void>;
}

/** How long those who are connected have to leave by themselves, in ms. */
const GRACE = 1_000;

/** Each may cost a file descriptor or two. */
const MAX_CONNECTIONS = 4_096;

const isWebSocket: IsUpgrade = ({ headers, url = '' }: IncomingMessage) =>
  headers.upgrade?.toLowerCase() === 'websocket' &&
  URL.canParse(url, 'http://host') &&
  isSocketPath(new URL(url, 'http://host').pathname);

// Node 24.9 and newer ask before they upgrade; others do not know this option.
type Options = ServerOptions & { readonly shouldUpgradeCallback: IsUpgrade };

const serverOptions = (patience: number): Options => ({
  shouldUpgradeCallback: isWebSocket,
  headersTimeout: patience,
  requestTimeout: patience,
  connectionsCheckingInterval: patience / 10,
  // So that it is noticed when somebody is gone without a word.
  keepAlive: true,
  keepAliveInitialDelay: patience,
});

const socketOptions = {
  noServer: true,
  maxPayload: MAX_BODY_BYTES,
  // At most one message of each WebSocket in a turn of the event loop, however many have come.
  // Its connection is not read on meanwhile.
  allowSynchronousEvents: false,
  // Who is told that it is over, and stays, is cut off after so many ms.
  closeTimeout: 2_000,
};

/** Listens, on the first port that is free. Fails with the error of Node where none is. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { app, host, port, otherPorts, patience = PATIENCE } = options;
  for (let other = 0; ; other++) {
    const sockets = new WebSocketServer(socketOptions);
    // The types differ in what may be undefined, and in nothing else.
    const websocket = { server: sockets as unknown as WebSocketServerLike };
    const server = createAdaptorServer({
      fetch: app.fetch,
      websocket,
      serverOptions: serverOptions(patience),
    });
    server.maxConnections = MAX_CONNECTIONS;
    limitUpgrades(server, isWebSocket);
    serveInOrder(server);
    try {
      server.listen(port + other, host);
      await once(server, 'listening');
      return listening(server, { sockets, host });
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || other >= otherPorts) throw error;
    }
  }
}

function listening(
  server: ServerType,
  { sockets, host }: { readonly sockets: WebSocketServer; readonly host: string },
): Listening {
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  const closed = once(server, 'close');
  return {
    url: `http://${name}:${port}/`,
    stop: () => void server.close(),
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'the server ends');
      const deadline = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        if ('closeAllConnections' in server) server.closeAllConnections();
      }, GRACE);
      // Those that are answered just now are idle a moment later.
      const sweep = setInterval(() => {
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      }, 20);
      await closed;
      clearTimeout(deadline);
      clearInterval(sweep);
    },
  };
}
