import type { SocketFrame } from '../../api/wire.ts';
import { readEventStream } from './read-event-stream.ts';
import { unreachable } from './request-failure.ts';

/** The frames of an event stream in the shape that the WebSocket has. Unknown ones are left out. */
export async function* readFrames(response: Response): AsyncGenerator<SocketFrame> {
  if (response.body === null) return;
  const frames = readEventStream(response.body);
  try {
    for (;;) {
      const { value, done } = await frames.next().catch((error: unknown) => {
        throw unreachable(error);
      });
      if (done === true) return;
      const frame = toFrame(value.event, JSON.parse(value.data) as never);
      if (frame !== undefined) yield frame;
    }
  } finally {
    await frames.return();
  }
}

// The server is this page's own: its JSON is taken to be of the type that the wire names.
function toFrame(kind: string, value: never): SocketFrame | undefined {
  switch (kind) {
    case 'partial':
    case 'event':
      return { type: kind, event: value };
    case 'temp':
      return { type: 'temp', temp: value };
    case 'error':
      return { type: 'error', error: value };
    case 'done':
      return { type: 'done' };
    default:
      return undefined;
  }
}
