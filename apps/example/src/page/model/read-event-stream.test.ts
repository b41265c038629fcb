import { expect, it } from 'vitest';
import { readEventStream } from './read-event-stream.ts';

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function framesOf(chunks: readonly Uint8Array[]) {
  const frames = [];
  for await (const frame of readEventStream(streamOf(chunks))) frames.push(frame);
  return frames;
}

const encode = (text: string) => new TextEncoder().encode(text);

it('reads the same frames wherever the chunks are cut, also within a character', async () => {
  const text =
    ': hello\n\nevent: event\nid: 7\ndata: {"a":"ü🌊"}\n\ndata: one\ndata: two\n\nevent: done\ndata:\n\n';
  const bytes = encode(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await framesOf([bytes.slice(0, cut), bytes.slice(cut)])).toEqual([
      { event: 'event', data: '{"a":"ü🌊"}' },
      { event: 'message', data: 'one\ntwo' },
      { event: 'done', data: '' },
    ]);
  }
});

it('leaves out a frame that the end of the stream has cut', async () => {
  expect(await framesOf([encode('data: 1\n\ndata: 2')])).toEqual([{ event: 'message', data: '1' }]);
});

it('lets go of the stream when its reader stops', async () => {
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode('data: 1\n\ndata: 2\n\n')),
    cancel: () => {
      isCancelled = true;
    },
  });
  for await (const _ of readEventStream(stream)) break;
  expect(isCancelled).toBe(true);
});
