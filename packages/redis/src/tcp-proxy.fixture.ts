import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and cuts or silences connections when it is told to. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  // Called with each answer of the server: whether it may pass.
  #mayPass: (answer: string) => boolean = () => true;
  #isSilent = false;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
      }
      client.on('data', (data) => {
        if (!this.#isSilent) upstream.write(data);
      });
      upstream.on('data', (data) => {
        if (this.#isSilent) return;
        if (this.#mayPass(data.toString('latin1'))) client.write(data);
        else client.destroy();
      });
      upstream.on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
    });
  }

  static async start(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts the connection in place of the next answer, or a later one: what was asked is done. */
  cutAnswer(number = 1): void {
    let left = number;
    this.#mayPass = () => {
      left--;
      if (left > 0) return true;
      this.#mayPass = () => true;
      return false;
    };
  }

  /** Lets nothing pass any more, as a wire that was cut: both ends stay connected. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Lets through what comes from now on. What came in silence is lost. */
  resume(): void {
    this.#isSilent = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
