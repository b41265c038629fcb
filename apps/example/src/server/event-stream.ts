import { setImmediate as turn } from 'node:timers/promises';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { SocketFrame, StreamFrames } from '../api/wire.ts';
import { FrameQueue } from './frame-queue.ts';
import type { RunningTurn } from './running-turn.ts';

/** How long a stream says nothing before it says that it is still there, in ms. */
const HEARTBEAT = 15_000;

/** After how many frames others are let in, if there are many. */
const SAID_AT_ONCE = 20;

export interface EventStreamOptions {
  /** Ends the stream early. */
  readonly signal?: AbortSignal;
  /** Writes the stream. It ends when this has ended. */
  readonly write: (stream: EventStream) => Promise<void>;
}

/** What is behind a stream: frames that come, and the way out for them. */
export interface EventStream {
  readonly queue: FrameQueue;
  /** Sends a frame, and waits until the other side takes it. */
  send(frame: SocketFrame): Promise<void>;
  /** Says that it is still there, if nothing was said for long. */
  beat(): Promise<void>;
}

/** An answer that is a stream of server-sent events. */
export function eventStream(c: Context, { signal, write }: EventStreamOptions): Response {
  // Nobody would read it, so it would never end.
  if (c.req.method === 'HEAD') return c.body(null);
  // A proxy such as nginx would keep frames until it has enough of them.
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, async (stream) => {
    const queue = new FrameQueue();
    const close = () => queue.close();
    stream.onAbort(close);
    signal?.addEventListener('abort', close);
    if (signal?.aborted) close();
    let lastSent = Date.now();
    let said = 0;
    const say = async (text: string) => {
      lastSent = Date.now();
      await stream.write(text);
      if (++said % SAID_AT_ONCE === 0) await turn();
    };
    try {
      await say(': here\n\n'); // so that the other side knows at once that it is connected
      await write({
        queue,
        send: (frame) => say(encodeFrame(frame)),
        beat: async () => {
          if (Date.now() - lastSent >= HEARTBEAT) await say(': still here\n\n');
        },
      });
    } finally {
      signal?.removeEventListener('abort', close);
    }
  });
}

/** A turn as a stream, from its first event to its end. */
export async function writeTurn(stream: EventStream, turn: RunningTurn): Promise<void> {
  const { queue, send, beat } = stream;
  const leave = turn.listen((frame) => queue.push(frame));
  try {
    for (;;) {
      await queue.wait(HEARTBEAT);
      for (const frame of queue.take()) {
        await send(frame);
        if (frame.type === 'done' || frame.type === 'error') return;
      }
      if (queue.isClosed) return;
      await beat();
    }
  } finally {
    leave();
  }
}

/** A frame as it goes over the wire. The id of a stored event is its `seq`. */
function encodeFrame(frame: SocketFrame): string {
  switch (frame.type) {
    case 'event':
      return encode({ type: 'event', data: frame.event, id: frame.event.seq });
    case 'partial':
      return encode({ type: 'partial', data: frame.event });
    case 'temp':
      return encode({ type: 'temp', data: frame.temp });
    case 'error':
      return encode({ type: 'error', data: frame.error });
    case 'done':
      return encode({ type: 'done', data: {} });
  }
}

interface EncodedFrame<Type extends keyof StreamFrames> {
  readonly type: Type;
  readonly data: StreamFrames[Type];
  readonly id?: number | undefined;
}

// JSON has no line breaks of its own, so it is one line of data.
function encode<Type extends keyof StreamFrames>(frame: EncodedFrame<Type>): string {
  const { type, data, id } = frame;
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${type}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}
