import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** A server that ends each connection in the moment in which it is made. */
export class DyingServer {
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((client) => {
      client.on('error', () => {});
      // The first message is the request for a connection: there is no password.
      client.once('data', () => client.end(READY_AND_TERMINATED));
    });
  }

  static async start(): Promise<DyingServer> {
    const server = new DyingServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `postgres://ada@127.0.0.1:${(this.#server.address() as AddressInfo).port}/none`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection', ''];

/** In one piece, so that a client reads them at once: AuthenticationOk, ReadyForQuery, an error. */
const READY_AND_TERMINATED = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('Z', Buffer.from('I')),
  message('E', Buffer.from(fields.map((field) => `${field}\0`).join(''))),
]);
