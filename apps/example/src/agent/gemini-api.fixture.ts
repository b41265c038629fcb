import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach } from 'vitest';

/** What a client has asked for. */
export interface GeminiCall {
  /** The path, with the query. */
  readonly path: string;
  readonly apiKey: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** Settles when the client has gone, or has all that it asked for. */
  readonly closed: Promise<unknown>;
}

export type GeminiAnswer =
  /** What the API sends: as one answer, or as one event of a stream each. */
  | { readonly kind: 'responses'; readonly responses: readonly object[] }
  /** A stream that breaks off after these: the line is cut, or it just ends. */
  | {
      readonly kind: 'broken';
      readonly responses: readonly object[];
      readonly how: 'cut' | 'end' | 'half';
    }
  /** A stream that goes on for ever after these. */
  | { readonly kind: 'hanging'; readonly responses: readonly object[] }
  | { readonly kind: 'error'; readonly status: number; readonly body: object | string };

/** A stand-in for the Gemini API, on a port of its own. */
export interface GeminiApi {
  readonly url: string;
  readonly calls: readonly GeminiCall[];
}

const servers = new Set<ReturnType<typeof createServer>>();
afterEach(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  servers.clear();
});

/** Starts a stand-in that gives these answers, one for each call. It ends with its test. */
export async function startGeminiApi(...answers: readonly GeminiAnswer[]): Promise<GeminiApi> {
  const calls: GeminiCall[] = [];
  const server = createServer(async (request, response) => {
    const answer = answers[calls.length];
    const call = await readCall(request, response);
    calls.push(call);
    if (answer === undefined) response.writeHead(500).end('no answer is left');
    else await give(response, { answer, streams: call.path.includes('stream') });
  });
  servers.add(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

async function readCall(request: IncomingMessage, response: ServerResponse): Promise<GeminiCall> {
  const closed = once(response, 'close');
  return {
    path: request.url ?? '',
    apiKey: request.headers['x-goog-api-key']?.toString(),
    body: (await json(request)) as GeminiCall['body'],
    closed,
  };
}

async function give(
  response: ServerResponse,
  { answer, streams }: { readonly answer: GeminiAnswer; readonly streams: boolean },
): Promise<void> {
  if (answer.kind === 'error') {
    const { status, body } = answer;
    const isText = typeof body === 'string';
    response.writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json' });
    response.end(isText ? body : JSON.stringify(body));
    return;
  }
  if (!streams) {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer.responses[0]));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const each of answer.responses) {
    await new Promise((resolve) => {
      response.write(`data: ${JSON.stringify(each)}\r\n\r\n`, resolve);
    });
  }
  if (answer.kind === 'hanging') return;
  if (answer.kind === 'broken' && answer.how === 'cut') response.destroy();
  else if (answer.kind === 'broken' && answer.how === 'half') response.end('data: {"candi');
  else response.end();
}

/** A response of the API with these parts. */
export function candidate(parts: readonly object[], finishReason?: string): object {
  return {
    candidates: [
      { content: { role: 'model', parts }, index: 0, ...(finishReason && { finishReason }) },
    ],
    modelVersion: 'gemini-test-001',
  };
}
