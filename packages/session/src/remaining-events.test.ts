import type { Event } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { remainingEvents } from './remaining-events.ts';

type Sketch = Partial<Event['actions']> | 'erased' | undefined;

/** Events e1, e2 …, from what stands in their actions. */
function eventsOf(...sketches: readonly Sketch[]): Event[] {
  return sketches.map((sketch, i) => {
    const base = { id: `e${i + 1}`, seq: i + 1, timestamp: 1, invocationId: '' };
    if (sketch === 'erased') return { ...base, erased: true, actions: { stateDelta: {} } };
    return { ...base, actions: { stateDelta: {}, ...sketch } };
  });
}

const plain = undefined;
const rewind = (toSeq: number) => ({ rewind: { toSeq } });
const retract = (...eventIds: string[]) => ({ retract: { eventIds } });
const through = (throughSeq: number) => ({ retract: { throughSeq } });
const active = (events: readonly Event[]) => remainingEvents(events).map(({ seq }) => seq);

describe('remainingEvents', () => {
  it.each<[string, readonly Sketch[], readonly number[]]>([
    ['are all of them, in order', [plain, plain, plain], [1, 2, 3]],
    ['are none of none', [], []],
    ['end where a rewind goes to, and go on behind it', [plain, plain, rewind(1), plain], [1, 4]],
    ['begin anew behind a rewind to 0', [plain, plain, rewind(0), plain], [4]],
    ['come back with a rewind to before a rewind', [plain, plain, rewind(1), rewind(2)], [1, 2]],
    [
      'are those of the later rewind alone, if it goes back further',
      [plain, plain, plain, rewind(2), plain, rewind(1), plain],
      [1, 7],
    ],
    ['are without those that were retracted', [plain, plain, plain, retract('e2')], [1, 3]],
    ['are without all up to a point', [plain, plain, plain, through(2), plain], [3, 5]],
    ['come back if the retraction is taken back', [plain, retract('e1'), rewind(1)], [1]],
    ['stay away if a rewind keeps the retraction', [plain, retract('e1'), plain, rewind(2)], []],
    ['are without what was erased', ['erased', plain, through(1)], [2]],
    [
      'are not brought back by a rewind once they are erased',
      ['erased', through(1), rewind(1)],
      [],
    ],
    ['are not taken by ids that do not exist', [plain, retract('other')], [1]],
  ])('%s', (_, sketches, expected) => {
    expect(active(eventsOf(...sketches))).toEqual(expected);
  });

  it('are found if only the last events are there', () => {
    const last = eventsOf(plain, plain, plain, rewind(2), plain).slice(2);
    expect(active(last)).toEqual([5]);
    const behind = eventsOf(plain, plain, plain, rewind(1), plain).slice(1);
    expect(active(behind)).toEqual([5]);
  });

  it('take what is not a marker for what it is: an event', () => {
    const odd = [
      { rewind: { toSeq: '1' } },
      { rewind: {} },
      { rewind: null },
      { rewind: { toSeq: 0.5 } },
      { retract: null },
      { retract: {} },
      { retract: { throughSeq: '1' } },
      { retract: { eventIds: 'e1' } },
    ];
    const events = eventsOf(plain, ...(odd as never[]));
    expect(active(events)).toEqual(events.map(({ seq }) => seq));
  });

  it('are the very events that were given', () => {
    const events = eventsOf(plain, plain);
    expect(remainingEvents(events)[1]).toBe(events[1]);
  });
});
