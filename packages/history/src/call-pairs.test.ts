import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeEvents } from './active-events.ts';
import { pairCalls } from './call-pairs.ts';
import { type Draft, histories, historyOf, parameters } from './histories.fixture.ts';
import { naivePairs, naiveWait } from './naive-pairs.fixture.ts';
import { openCall } from './open-calls.ts';

const says = (...parts: readonly object[]): Draft => ({ content: { parts } });
const call = (id: string | undefined, name = 'search') => ({
  functionCall: { ...(id && { id }), name },
});
const answer = (id: string | undefined, name: string | undefined = 'search') => ({
  functionResponse: { ...(id && { id }), ...(name && { name }), response: {} },
});

/** For each call in order, the places of its responses; for `orphans`, theirs. */
function placesOf(...events: readonly Draft[]) {
  const { calls, orphans } = pairCalls(historyOf(...events));
  const places = calls.map(({ responses }) => responses.map(({ index }) => index));
  return { calls: places, orphans: orphans.map(({ index }) => index) };
}

describe('pairCalls', () => {
  it.each<[string, readonly Draft[], readonly (readonly number[])[], readonly number[]]>([
    ['by id', [says(call('a'), call('b')), says(answer('b')), says(answer('a'))], [[2], [1]], []],
    [
      'with the latest call of an id that was used again',
      [says(call('a')), says(answer('a')), says(call('a')), says(answer('a'))],
      [[1], [3]],
      [],
    ],
    [
      'with several responses to one call',
      [says(call('a')), says(answer('a')), says(answer('a'))],
      [[1, 2]],
      [],
    ],
    ['not with a response before the call', [says(answer('a')), says(call('a'))], [[]], [0]],
    [
      'not with a response of another name',
      [says(call('a')), says(answer('a', 'order'))],
      [[]],
      [1],
    ],
    ['with a response that names no tool', [says(call('a')), says(answer('a', ''))], [[1]], []],
    [
      'by name in the order of the calls if there are no ids',
      [says(call(''), call('')), says(answer('')), says(answer(''))],
      [[1], [2]],
      [],
    ],
    [
      'by name with a call of the latest event that has one open',
      [says(call('')), says(call('')), says(answer('')), says(answer('')), says(answer(''))],
      [[3], [2]],
      [4],
    ],
    [
      'by name only in the same branch',
      [
        { ...says(call('')), branch: 'root.a' },
        { ...says(answer('')), branch: 'root.b' },
      ],
      [[]],
      [1],
    ],
    ['by name if the response alone has an id', [says(call('')), says(answer('a'))], [[1]], []],
    ['not by name if both have an id', [says(call('a')), says(answer('b'))], [[]], [1]],
  ])('brings a call together %s', (_, events, calls, orphans) => {
    expect(placesOf(...events)).toEqual({ calls, orphans });
  });

  it('does not stumble over parts of any form', () => {
    const odd = [{ content: { parts: [null, 1, 'text', [], {}] } }, { content: { parts: 'x' } }];
    const events = [...odd, { content: { parts: [{ functionCall: null }] } }, says(call('a'))];
    expect(placesOf(...(events as never[]))).toEqual({ calls: [[]], orphans: [] });
  });

  it('finds what looking at all calls for each response finds, for any history', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = activeEvents(history);
        const { calls, orphans } = pairCalls(events);
        const naive = naivePairs(events);
        expect(calls.map(({ part, responses }) => [part, responses.map((r) => r.part)])).toEqual(
          naive.pairs.map(({ call: { part }, responses }) => [part, responses.map((r) => r.part)]),
        );
        expect(orphans.map(({ part }) => part)).toEqual(naive.orphans.map(({ part }) => part));
        expect(calls.map((tracked) => openCall(tracked)?.waitsFor)).toEqual(
          naive.pairs.map(naiveWait),
        );
      }),
      parameters,
    );
  });
});
