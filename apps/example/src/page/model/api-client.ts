import type {
  ErrorBody,
  EventList,
  Me,
  MessageAnswer,
  MessageRequest,
  SessionEntry,
  SessionList,
  SessionView,
  StateView,
} from '../../api/wire.ts';
import { RequestFailure, unreachable } from './request-failure.ts';

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The request outlives the page. */
  readonly keepalive?: boolean;
}

interface CancellableMessage extends MessageRequest {
  /** Stops listening. The answer goes on without. */
  readonly signal: AbortSignal;
}

/** The server's calls. Each rejects with a `RequestFailure`, or as its signal was aborted. */
export const api = {
  me: () => json<Me>('/api/me'),
  becomeUser: (userId: string) => json<Me>('/api/me', { method: 'PUT', body: { userId } }),
  listSessions: ({ cursor, limit }: { readonly cursor?: string; readonly limit: number }) =>
    json<SessionList>(`/api/sessions?${query({ limit, cursor })}`),
  createSession: () => json<SessionEntry>('/api/sessions', { method: 'POST', body: {} }),
  deleteSession: (id: string) => call(sessionPath(id), { method: 'DELETE', keepalive: true }),
  openSession: (id: string, recent: number) =>
    json<SessionView>(`${sessionPath(id)}?${query({ recent })}`),
  listEvents: (id: string, page: { readonly beforeSeq: number; readonly limit: number }) =>
    json<EventList>(`${sessionPath(id)}/events?${query({ ...page, order: 'desc' })}`),
  sessionState: (id: string, signal: AbortSignal) =>
    json<StateView>(`${sessionPath(id)}/state`, { signal }),
  userState: (signal: AbortSignal) => json<StateView>('/api/state', { signal }),
  interrupt: (id: string) => call(`${sessionPath(id)}/interrupt`, { method: 'POST', body: {} }),
  sendWhole: (id: string, { signal, ...message }: CancellableMessage) =>
    json<MessageAnswer>(`${sessionPath(id)}/messages`, {
      method: 'POST',
      body: { ...message, streamingMode: 'none' },
      signal,
    }),
  sendStreamed: (id: string, { signal, ...message }: CancellableMessage) =>
    call(`${sessionPath(id)}/messages`, {
      method: 'POST',
      body: { ...message, streamingMode: 'sse' },
      signal,
    }),
  followSession: (
    id: string,
    { after, signal }: { readonly after: number; readonly signal: AbortSignal },
  ) => call(`${sessionPath(id)}/stream`, { headers: { 'Last-Event-ID': String(after) }, signal }),
  socketUrl: (id: string) =>
    `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${sessionPath(id)}/socket`,
};

function sessionPath(id: string): string {
  return `/api/sessions/${encodeURIComponent(id)}`;
}

function query(values: Readonly<Record<string, string | number | undefined>>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query;
}

async function json<Body>(path: string, options: Call = {}): Promise<Body> {
  const response = await call(path, options);
  try {
    return (await response.json()) as Body;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw unreachable(error);
  }
}

async function call(path: string, options: Call = {}): Promise<Response> {
  const { method = 'GET', body, headers = {}, signal, keepalive = false } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal !== undefined && { signal }),
      keepalive,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
  if (response.ok) return response;
  throw await readFailure(response);
}

async function readFailure(response: Response): Promise<RequestFailure> {
  const body = (await response.json().catch(() => undefined)) as Partial<ErrorBody> | undefined;
  return new RequestFailure(
    body?.error ?? {
      code: 'unavailable',
      message: `the server answered ${response.status} ${response.statusText}`.trim(),
    },
  );
}
