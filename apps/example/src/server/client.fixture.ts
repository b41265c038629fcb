import { once } from 'node:events';
import type { Event } from '@holdfast/core';
import { WebSocket } from 'ws';
import type {
  ErrorBody,
  Me,
  SessionEntry,
  SessionList,
  SessionView,
  SocketFrame,
  StateView,
} from '../api/wire.ts';
import { FrameReader } from './frame-reader.fixture.ts';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A browser with a cookie of its own, as far as the API needs one. */
export class Client {
  readonly url: string;
  cookie: string | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** `call` is a method and a path: `GET /api/me`. The body is JSON, or undefined. */
  async call<Body = unknown>(call: string, options: CallOptions = {}): Promise<Answer<Body>> {
    const response = await this.#fetch(call, options);
    const text = await response.text();
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true;
    const body = (isJson ? JSON.parse(text) : undefined) as Body;
    return { status: response.status, headers: response.headers, body };
  }

  /** What a call is refused with. */
  async refused(call: string, options: CallOptions = {}) {
    const { status, headers, body } = await this.call<ErrorBody>(call, options);
    return { status, ...body?.error, type: headers.get('Content-Type') };
  }

  /** The body of a call that must succeed. */
  async take<Body>(call: string, options: CallOptions = {}): Promise<Body> {
    const { status, body } = await this.call<Body>(call, options);
    if (status >= 400) throw new Error(`${call}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  me = () => this.take<Me>('GET /api/me');
  become = (userId: string) => this.take<Me>('PUT /api/me', { json: { userId } });
  list = (query = '') => this.take<SessionList>(`GET /api/sessions${query}`);
  begin = async () => (await this.take<SessionEntry>('POST /api/sessions')).id;
  view = (id: string, query = '') => this.take<SessionView>(`GET /api/sessions/${id}${query}`);
  state = (id: string) => this.take<StateView>(`GET /api/sessions/${id}/state`);

  /** Says something, and gives the events of the whole turn. */
  async say(id: string, text: string, more: object = {}): Promise<readonly Event[]> {
    const json = { text, streamingMode: 'none', ...more };
    const answer = await this.take<{ readonly events: readonly Event[] }>(
      `POST /api/sessions/${id}/messages`,
      { json },
    );
    return answer.events;
  }

  /** Says something, and gives the text of the answer. */
  async ask(id: string, text: string): Promise<string> {
    return textOf((await this.say(id, text)).at(-1));
  }

  /** Says something, and reads the frames as they come. */
  async speak(id: string, json: object): Promise<FrameReader> {
    return this.stream(`POST /api/sessions/${id}/messages`, { json });
  }

  /** A call whose answer is a stream. */
  async stream(call: string, options: CallOptions = {}): Promise<FrameReader> {
    const response = await this.#fetch(call, options);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new FrameReader(response);
  }

  /** An open WebSocket. */
  async socket(id: string, headers: Readonly<Record<string, string>> = {}): Promise<TestSocket> {
    const socket = this.#socket(id, headers);
    const opened = new TestSocket(socket);
    await once(socket, 'open');
    return opened;
  }

  /** The status with which a WebSocket is refused. Fails if it is let in. */
  async socketStatus(id: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const socket = this.#socket(id, headers);
    return new Promise((resolve, reject) => {
      socket.on('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      socket.on('open', () => reject(new Error('it was let in')));
      socket.on('error', reject);
    });
  }

  #socket(id: string, headers: Readonly<Record<string, string>>): WebSocket {
    const url = new URL(`/api/sessions/${id}/socket`, this.url);
    url.protocol = 'ws:';
    return new WebSocket(url, { headers: { ...this.#cookieHeader(), ...headers } });
  }

  async #fetch(call: string, { json, body, headers }: CallOptions): Promise<Response> {
    const [method = 'GET', path = '/'] = call.split(' ');
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...this.#cookieHeader(),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body }),
    });
    for (const cookie of response.headers.getSetCookie()) this.cookie = cookie.split(';')[0];
    return response;
  }

  #cookieHeader(): { readonly Cookie?: string } {
    return this.cookie === undefined ? {} : { Cookie: this.cookie };
  }
}

/** A WebSocket whose frames are read one after the other. */
export class TestSocket {
  readonly raw: WebSocket;
  readonly closed: Promise<readonly unknown[]>;
  readonly #frames: SocketFrame[] = [];
  #wake = () => {};

  constructor(raw: WebSocket) {
    this.raw = raw;
    this.closed = once(raw, 'close');
    raw.on('message', (data) => {
      this.#frames.push(JSON.parse(`${data}`));
      this.#wake();
    });
    raw.on('close', () => this.#wake());
    raw.on('error', () => {});
  }

  send(message: unknown): void {
    this.raw.send(JSON.stringify(message));
  }

  /** The frames up to the first one of these types, that one included. */
  async until(...types: readonly SocketFrame['type'][]): Promise<readonly SocketFrame[]> {
    const seen: SocketFrame[] = [];
    for (;;) {
      const frame = this.#frames.shift();
      if (frame === undefined) {
        if (this.raw.readyState > 1) throw new Error(`closed after ${JSON.stringify(seen)}`);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      seen.push(frame);
      if (types.includes(frame.type)) return seen;
    }
  }
}

export function textOf(event: Event | undefined): string {
  return (event?.content?.parts ?? []).map(({ text = '' }) => text).join('');
}
