import type { StreamingModeName } from '@holdfast/core';
import type { MessageConfig, SocketFrame, SocketRequest } from '../../api/wire.ts';
import { api } from './api-client.ts';
import { RequestFailure, unreachable } from './request-failure.ts';
import { readFrames } from './wire-frames.ts';

/** The code with which a WebSocket closes that got more than it takes. */
const TOO_LARGE = 1009;

export interface OutgoingMessage {
  readonly sessionId: string;
  readonly text: string;
  /** The same id again asks the agent only once. */
  readonly eventId: string;
  readonly mode: StreamingModeName;
  readonly config: MessageConfig;
  /** Stops listening. The answer goes on, and is stored, without. */
  readonly signal: AbortSignal;
}

/** An answer on its way. */
export interface Exchange {
  /** Ends after `done`. Fails with a `RequestFailure` where the answer was cut or refused. */
  readonly frames: AsyncIterable<SocketFrame>;
  /** Asks the agent to stop. What it has said so far is stored as interrupted. */
  interrupt(): void;
}

/** Sends a message in the way that its streaming mode says. */
export function sendMessage(message: OutgoingMessage): Exchange {
  switch (message.mode) {
    case 'none':
      return overHttp(message, sendWhole(message));
    case 'sse':
      return overHttp(message, sendStreamed(message));
    case 'bidi':
      return overSocket(message);
  }
}

function overHttp({ sessionId }: OutgoingMessage, frames: AsyncIterable<SocketFrame>): Exchange {
  return {
    frames: untilDone(frames),
    // Whether it worked shows in how the answer ends.
    interrupt: () => void api.interrupt(sessionId).catch(() => {}),
  };
}

async function* sendWhole({ sessionId, text, eventId, config, signal }: OutgoingMessage) {
  const { events } = await api.sendWhole(sessionId, { text, eventId, config, signal });
  for (const event of events) yield { type: 'event', event } as const;
  yield { type: 'done' } as const;
}

async function* sendStreamed({ sessionId, text, eventId, config, signal }: OutgoingMessage) {
  yield* readFrames(await api.sendStreamed(sessionId, { text, eventId, config, signal }));
}

function overSocket({ sessionId, text, eventId, config, signal }: OutgoingMessage): Exchange {
  const socket = new WebSocket(api.socketUrl(sessionId));
  signal.addEventListener('abort', () => socket.close());
  const say = (request: SocketRequest) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
  };
  let isInterrupted = false;
  socket.addEventListener('open', () => {
    say({ type: 'message', text, eventId, config });
    if (isInterrupted) say({ type: 'interrupt' });
  });
  return {
    frames: untilDone(readSocket(socket)),
    interrupt: () => {
      isInterrupted = true;
      say({ type: 'interrupt' });
    },
  };
}

async function* readSocket(socket: WebSocket): AsyncGenerator<SocketFrame> {
  const received: SocketFrame[] = [];
  let isOpen = true;
  let wasTooLarge = false;
  let wake = () => {};
  socket.addEventListener('message', ({ data }) => {
    received.push(JSON.parse(String(data)) as SocketFrame);
    wake();
  });
  socket.addEventListener('close', ({ code }) => {
    isOpen = false;
    wasTooLarge = code === TOO_LARGE;
    wake();
  });
  try {
    for (;;) {
      yield* received.splice(0);
      if (received.length > 0) continue;
      if (wasTooLarge) {
        throw new RequestFailure({ code: 'too_large', message: 'the message is too long' });
      }
      if (!isOpen) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    socket.close();
  }
}

async function* untilDone(frames: AsyncIterable<SocketFrame>): AsyncGenerator<SocketFrame> {
  for await (const frame of frames) {
    if (frame.type === 'error') throw new RequestFailure(frame.error);
    yield frame;
    if (frame.type === 'done') return;
  }
  throw unreachable(new Error('the answer ended before it was done'));
}
