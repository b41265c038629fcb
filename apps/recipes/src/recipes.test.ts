import { format } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => void vi.restoreAllMocks());

/** The lines that a program prints. */
async function printedBy(run: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(format(...values));
  });
  await run();
  return lines;
}

describe('the recipe', () => {
  it('agent-loop remembers what was said, also behind a summary', async () => {
    expect(await printedBy(() => import('./agent-loop.ts'))).toStrictEqual([
      'Noted: I like tea.',
      'Noted: I live in Bath.',
      'Noted: I am 36.',
      'I like tea. I live in Bath. I am 36.',
    ]);
  });

  it('fork-and-rewind edits a question, and tries another one beside it', async () => {
    expect(await printedBy(() => import('./fork-and-rewind.ts'))).toStrictEqual([
      'before: One book, please. And a hundred pens. ["book","100 pens"]',
      'rewound: One book, please. ["book"]',
      'edited: One book, please. And one pen. ["book","pen"]',
      'fork: One book, please. And a map. ["book","map"]',
      'from 1 of true',
      '1 2 3 (rewind) 4',
    ]);
  });

  it('sweep-sessions lets sessions go that nobody uses', async () => {
    expect(await printedBy(() => import('./sweep-sessions.ts'))).toStrictEqual([
      'undefined',
      'an order, in use',
      'swept 1',
      'swept 1',
      'undefined in use',
    ]);
  });

  it('erase-user leaves nothing of a user in the files of the database', async () => {
    expect(await printedBy(() => import('./erase-user.ts'))).toStrictEqual([
      'it is in the files: true',
      '{ sessions: 2, stateKeys: 1 }',
      '{ sessions: 0, stateKeys: 0 }',
      'left of it: []',
      'bob',
      "{ currency: 'EUR' }",
    ]);
  });

  it('move-to-another-store moves all once, however often it is run', async () => {
    expect(await printedBy(() => import('./move-to-another-store.ts'))).toStrictEqual([
      '{ sessions: 2, events: 2, states: 0, present: 0, incomplete: 0 }',
      '{ sessions: 0, events: 0, states: 0, present: 2, incomplete: 0 }',
      'hello 1 { n: 1 }',
    ]);
  });

  it('take-turns keeps two runs apart', async () => {
    expect(await printedBy(() => import('./take-turns.ts'))).toStrictEqual([
      'A book?',
      'A book: here you are.',
      'A pen?',
      'A pen: here you are.',
      'An answer is being written.',
    ]);
  });

  it('watch-session gives each event once', async () => {
    expect(await printedBy(() => import('./watch-session.ts'))).toStrictEqual([
      '1 user',
      '2 agent',
      '3 user',
      '4 agent',
      'AbortError',
      'not_found',
    ]);
  });

  it('label-sessions changes labels one by one, and lists by them', async () => {
    expect(await printedBy(() => import('./label-sessions.ts'))).toStrictEqual([
      'Pens, Two books',
      'Pens',
      'true 0',
      "{ title: 'Red pens', status: 'open' }",
    ]);
  });

  it('count-with-increments loses no count, and counts a retry once', async () => {
    expect(await printedBy(() => import('./count-with-increments.ts'))).toStrictEqual([
      '{ served: 16 }',
      "{ credits: 104, name: 'Ada' }",
      'increment["name"]',
    ]);
  });
});
