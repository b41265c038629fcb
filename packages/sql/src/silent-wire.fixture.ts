/// <reference types="node" />

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { SessionKey, SessionService } from '@holdfast/session';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** A wire between a client and a server, which can go silent: connections stay, nothing arrives. */
export class SilentWire {
  readonly #clients = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  #isSilent = false;
  readonly #server = createServer((client) => this.#join(client));
  readonly #target: { readonly port: number; readonly host: string };

  private constructor(target: URL) {
    this.#target = { port: Number(target.port), host: target.hostname };
  }

  /** `url` of the server, with its port. */
  static async to(url: string): Promise<SilentWire> {
    const wire = new SilentWire(new URL(url));
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  /** The URL of the server, by way of this wire. */
  through(url: string): string {
    const by = new URL(url);
    by.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return by.href;
  }

  /** How many connections clients have. */
  get connections(): number {
    return this.#clients.size;
  }

  goSilent(): void {
    this.#isSilent = true;
    for (const socket of this.#sockets) socket.unpipe();
  }

  /** Connections that are made from now on work. */
  speakAgain(): void {
    this.#isSilent = false;
  }

  async cut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const server = connect(this.#target);
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      // Without a reader it would not be noticed that the other side has closed.
      if (this.#isSilent) socket.resume();
    }
    if (this.#isSilent) return;
    client.pipe(server);
    server.pipe(client);
    client.on('unpipe', () => client.resume());
    server.on('unpipe', () => server.resume());
  }
}

/** A store whose connections go by way of the wire. */
export interface SilentWireOptions {
  /** The server, with its port. */
  readonly url: string;
  /** Opens a service over a pool of its own. */
  open(options: ServiceOptions): Promise<SessionService>;
  /** Services over clients that were brought, and how to end them; by what they are called. */
  readonly brought: Readonly<Record<string, (options: ServiceOptions) => Promise<BroughtService>>>;
}

interface ServiceOptions {
  readonly url: string;
  readonly callTimeout: number;
}

interface BroughtService {
  readonly service: SessionService;
  endClient(): Promise<unknown>;
}

const callTimeout = 300;
const key = { appName: 'app', userId: 'ada', sessionId: 'silent' };
const unavailable = { name: 'HoldfastError', code: 'unavailable', retryable: true };

/** What must hold of every store over connections to a server, within a `describe`. */
export function itEndsCallsOverASilentWire({ url, open, brought }: SilentWireOptions): void {
  let wire: SilentWire;
  const options = () => ({ url: wire.through(url), callTimeout });
  beforeEach(async () => {
    wire = await SilentWire.to(url);
  });
  afterEach(() => wire.cut());

  it('makes every call unavailable in time, and ends its connection', async () => {
    const service = await open(options());
    await service.getOrCreate(key);
    wire.goSilent();
    const start = performance.now();
    const outcomes = await Promise.allSettled(everyCall(service, key));
    expect(performance.now() - start).toBeLessThan(callTimeout * 10);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    await vi.waitUntil(() => wire.connections === 0);
    wire.speakAgain();
    expect((await service.getOrCreate(key)).key).toEqual(key);
    await service.close();
  });

  it('keeps no service from being closed: its connections are cut', async () => {
    const service = await open(options());
    await Promise.all(Array.from({ length: 5 }, () => service.getOrCreate(key)));
    expect(wire.connections).toBeGreaterThan(0);
    wire.goSilent();
    const call = service.appendEvent({ ...key, event: {} });
    const closing = service.close();
    await expect(call).rejects.toMatchObject(unavailable);
    await closing;
    await vi.waitUntil(() => wire.connections === 0);
  });

  it('makes open unavailable, too', async () => {
    wire.goSilent();
    await expect(open(options())).rejects.toMatchObject(unavailable);
  });

  it.each(Object.keys(brought))('costs a brought %s its connection', async (kind) => {
    const { service, endClient } = await (brought[kind] as (typeof brought)[string])(options());
    await service.getOrCreate(key);
    wire.goSilent();
    await expect(service.appendEvent({ ...key, event: {} })).rejects.toMatchObject(unavailable);
    await service.close();
    await vi.waitUntil(() => wire.connections === 0);
    await endClient();
  });
}

/** One of each call that goes to a server. */
function everyCall(service: SessionService, key: SessionKey): Promise<unknown>[] {
  const app = { scope: 'app', appName: key.appName } as const;
  return [
    service.create({ ...key, sessionId: 'another' }),
    service.get(key),
    service.getOrCreate(key),
    service.list(key),
    service.delete(key),
    service.appendEvent({ ...key, event: {} }),
    service.appendEvents({ ...key, events: [{}, {}] }),
    service.listEvents(key),
    service.getState(app),
    service.updateState({ ...app, set: { a: 1 } }),
  ];
}
