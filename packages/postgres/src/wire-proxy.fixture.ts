import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What went through a proxy. */
export interface Traffic {
  /** How often the client has asked, and waited. */
  readonly roundTrips: number;
  /** The names under which it prepared statements, in order; '' without one. */
  readonly parsed: readonly string[];
}

/** Stands between a client and a server, and counts the messages of PostgreSQL's protocol. */
export class WireProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #asked = 0;
  #answered = 0;
  #parsed: string[] = [];

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      const upstream = connect(Number(target.port || 5432), target.hostname);
      this.#sockets.add(client).add(upstream);
      client.pipe(upstream);
      upstream.pipe(client);
      for (const socket of [client, upstream]) socket.on('error', () => client.destroy());
      this.#readMessages(client, { isClient: true });
      this.#readMessages(upstream, { isClient: false });
    });
  }

  static async start(target: string): Promise<WireProxy> {
    const proxy = new WireProxy(new URL(target));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The traffic of `call`. The connections that it uses must be there already. */
  async watch(call: () => Promise<unknown>): Promise<Traffic> {
    this.#asked = this.#answered = 0;
    this.#parsed = [];
    await call();
    if (this.#asked !== this.#answered) throw new Error('the server has not answered all');
    return { roundTrips: this.#asked, parsed: this.#parsed };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** https://www.postgresql.org/docs/current/protocol-message-formats.html */
  #readMessages(socket: Socket, { isClient }: { readonly isClient: boolean }): void {
    let rest = Buffer.alloc(0);
    // The first message of a client has no type.
    let isStartup = isClient;
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data]);
      for (;;) {
        const at = isStartup ? 0 : 1;
        if (rest.length < at + 4) return;
        const end = at + rest.readInt32BE(at);
        if (rest.length < end) return;
        const type = isStartup ? 'startup' : String.fromCharCode(rest[0] ?? 0);
        if (isClient) this.#countAsked(type, rest.subarray(at + 4, end));
        else if (type === 'Z') this.#answered++;
        isStartup = false;
        rest = rest.subarray(end);
      }
    });
  }

  #countAsked(type: string, body: Buffer): void {
    // Sync, or a simple query: the client waits for ReadyForQuery.
    if (type === 'S' || type === 'Q') this.#asked++;
    if (type === 'P') this.#parsed.push(body.subarray(0, body.indexOf(0)).toString());
  }
}
