/** One frame of a `text/event-stream`. */
export interface StreamFrame {
  /** The frame's `event:`; `message` where it has none. */
  readonly event: string;
  readonly data: string;
}

/**
 * The frames of a stream as they come. Comments are passed over. A frame that the end
 * of the stream has cut is left out. Ends where the stream ends, fails as it fails.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamFrame, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += decoder.decode(value, { stream: true });
      const frames = buffer.split(/\r?\n\r?\n/u);
      buffer = frames.pop() ?? '';
      for (const text of frames) {
        const frame = parseFrame(text);
        if (frame !== undefined) yield frame;
      }
    }
  } finally {
    // Whoever stops reading wants no more of it.
    await reader.cancel().catch(() => {});
  }
}

function parseFrame(text: string): StreamFrame | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of text.split(/\r?\n/u)) {
    const [, field, value = ''] = /^(?<field>[^:]+)(?:: ?(?<value>.*))?$/su.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
