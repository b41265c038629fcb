import { createEvent, type EventInput } from '@holdfast/core';
import { expect, test } from 'vitest';
import { EventPrinter } from './event-printer.ts';
import { createPaint } from './paint.ts';

function printed(...events: readonly EventInput[]): string {
  let output = '';
  const printer = new EventPrinter({
    write: (text) => {
      output += text;
    },
    paint: createPaint({ colors: false }),
    width: () => Number.POSITIVE_INFINITY,
  });
  for (const event of events) printer.print(createEvent({ author: 'agent', ...event }));
  return output;
}

function says(text: string): EventInput {
  return { content: { role: 'model', parts: [{ text }] } };
}

test('a streamed answer is written once, and so is a whole one', () => {
  const pieces = ['Hello, ', 'Ada.'].map((text) => ({ ...says(text), partial: true }));
  expect(printed(...pieces, says('Hello, Ada.'))).toBe('agent> Hello, Ada.\n');
  expect(printed(says('Hello, Ada.'))).toBe('agent> Hello, Ada.\n');
});

test('an interrupted answer and a failed one say so', () => {
  expect(printed({ ...says('Half'), interrupted: true })).toBe('agent> Half (interrupted)\n');
  expect(printed({ interrupted: true })).toBe(' (interrupted)\n');
  expect(printed({ errorMessage: 'no connection' })).toBe('  The answer failed: no connection.\n');
});

test('control characters do not reach the terminal', () => {
  expect(printed(says('a\u001b[2Jb'))).toBe('agent> a�[2Jb\n');
});
