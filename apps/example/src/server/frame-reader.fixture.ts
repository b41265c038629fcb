import type { Event } from '@holdfast/core';

/** A frame of an event stream, as it came. */
export interface Frame {
  readonly event: string;
  readonly id: string | undefined;
  // What it is depends on `event`; a test says what it expects.
  readonly data: Event & Readonly<Record<string, unknown>>;
}

/** Reads an event stream, frame by frame. */
export class FrameReader {
  readonly response: Response;
  readonly #frames: AsyncGenerator<Frame, void, undefined>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    if (response.body === null) throw new Error('there is no stream');
    this.response = response;
    this.#reader = response.body.getReader();
    this.#frames = readFrames(this.#reader);
  }

  /** The next frame; undefined where the stream has ended. */
  async next(): Promise<Frame | undefined> {
    const { value } = await this.#frames.next();
    return value ?? undefined;
  }

  /** The frames up to the first one that fits, that one included. Fails where none does. */
  async until(fits: string | ((frame: Frame) => boolean)): Promise<readonly Frame[]> {
    const isLast = typeof fits === 'string' ? (frame: Frame) => frame.event === fits : fits;
    const seen: Frame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame === undefined) throw new Error(`the stream ended after ${JSON.stringify(seen)}`);
      seen.push(frame);
      if (isLast(frame)) return seen;
    }
  }

  /** All frames, to the end of the stream. */
  async rest(): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    for await (const frame of this.#frames) frames.push(frame);
    return frames;
  }

  /** Leaves, as a browser does whose window is closed. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

async function* readFrames(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Frame, void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const frame = parseFrame(text.slice(0, end));
      text = text.slice(end + 2);
      if (frame !== undefined) yield frame;
    }
  }
}

/** Undefined for a comment. */
function parseFrame(text: string): Frame | undefined {
  const fields = new Map(
    text
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => {
        const colon = line.indexOf(': ');
        return [line.slice(0, colon), line.slice(colon + 2)] as const;
      }),
  );
  const event = fields.get('event');
  if (event === undefined) return undefined;
  return { event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') };
}

/** The stored events among frames. */
export function eventsIn(frames: readonly Frame[]): readonly Event[] {
  return frames.filter(({ event }) => event === 'event').map(({ data }) => data);
}
