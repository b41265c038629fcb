import type { Content, Event } from '@holdfast/session';
import { describe, expect, it } from 'vitest';
import { type Draft, historyOf } from './histories.fixture.ts';
import { selectWindow } from './select-window.ts';

const user = (text: string): Draft => ({
  author: 'user',
  content: { role: 'user', parts: [{ text }] },
});
const model = (text: string): Draft => ({
  author: 'agent',
  content: { role: 'model', parts: [{ text }] },
});
const calls = (...ids: readonly string[]): Draft => ({
  author: 'agent',
  content: { role: 'model', parts: ids.map((id) => ({ functionCall: { id, name: 'search' } })) },
});
const answers = (...ids: readonly string[]): Draft => ({
  author: 'agent',
  content: {
    role: 'user',
    parts: ids.map((id) => ({ functionResponse: { id, name: 'search', response: {} } })),
  },
});
const long = (id: string): Draft => ({ ...calls(id), longRunningToolIds: [id] });
const confirm = (id: string, about: string): Draft => ({
  author: 'agent',
  longRunningToolIds: [id],
  content: {
    role: 'user',
    parts: [
      {
        functionCall: {
          id,
          name: 'adk_request_confirmation',
          args: { originalFunctionCall: { id: about } },
        },
      },
    ],
  },
});
const confirmed = (id: string): Draft => ({
  author: 'user',
  content: {
    role: 'user',
    parts: [{ functionResponse: { id, name: 'adk_request_confirmation', response: {} } }],
  },
});
const summary = (fromSeq: number, throughSeq: number): Draft => ({
  actions: {
    stateDelta: {},
    compaction: { fromSeq, throughSeq, compactedContent: { parts: [{ text: 'in short' }] } },
  },
});

const seqs = (events: readonly Event[]) => events.map(({ seq }) => seq);
const windowOf = (maxEvents: number, ...events: readonly Draft[]) =>
  seqs(selectWindow(historyOf(...events), { maxEvents }).events);

describe('selectWindow', () => {
  it.each<[string, number, readonly Draft[], readonly number[]]>([
    ['has all that fits', 9, [model('a'), user('b')], [1, 2]],
    [
      'begins with what the user said',
      4,
      [user('a'), model('b'), model('c'), user('d'), model('e')],
      [4, 5],
    ],
    [
      'begins with the model if nothing of the user fits',
      2,
      [user('a'), model('b'), model('c')],
      [2, 3],
    ],
    ['has a call with its response', 2, [user('a'), calls('x'), answers('x')], [2, 3]],
    [
      'leaves a call out if its response has no room',
      2,
      [user('a'), calls('x'), answers('x'), user('b')],
      [4],
    ],
    [
      'has all calls of an event or none',
      3,
      [calls('x', 'y'), answers('x'), answers('y'), user('b')],
      [4],
    ],
    [
      'has the last response of a long-running call, and need not have the others',
      3,
      [long('x'), answers('x'), model('wait'), user('well?'), answers('x')],
      [1, 4, 5],
    ],
    [
      'keeps what waits for a person, with what it is about',
      3,
      [user('a'), calls('x'), confirm('r', 'x'), user('b'), model('c'), user('d')],
      [2, 3, 6],
    ],
    [
      'keeps what waits for a person right before what the user said',
      3,
      [model('a'), calls('x'), confirm('r', 'x'), user('b')],
      [2, 3, 4],
    ],
    [
      'does not keep a request that was answered',
      2,
      [calls('x'), confirm('r', 'x'), confirmed('r'), answers('x'), user('b'), model('c')],
      [5, 6],
    ],
    [
      'keeps a summary between a call and what the user said with its response',
      3,
      [model('a'), calls('x'), model('b'), mixed('x'), summary(3, 3)],
      [2, 5, 4],
    ],
    [
      'takes a request for nothing that the user said',
      4,
      [user('a'), model('b'), confirm('r', 'x'), confirmed('r'), model('c')],
      [2, 3, 4, 5],
    ],
    [
      'takes an empty text for nothing that the user said',
      3,
      [user('a'), model('b'), user(''), model('c')],
      [2, 3, 4],
    ],
    [
      'keeps summaries',
      2,
      [user('a'), model('b'), user('c'), model('d'), user('e'), summary(1, 2)],
      [6, 5],
    ],
    ['has no response without a call', 2, [user('a'), answers('lost')], [1]],
    [
      'has what stands beside a response without a call',
      2,
      [model('a'), model('b'), mixed('lost')],
      [3],
    ],
  ])('%s', (_, maxEvents, events, expected) => {
    expect(windowOf(maxEvents, ...events)).toEqual(expected);
  });

  function mixed(id: string): Draft {
    const parts = [...(answers(id).content?.parts ?? []), { text: 'b' }];
    return { author: 'user', content: { role: 'user', parts } };
  }

  it('names the calls that wait, and for what', () => {
    const events = historyOf(calls('x'), long('y'), confirm('r', 'x'), calls('z'), answers('z'));
    const { openCalls } = selectWindow(events);
    expect(openCalls).toEqual([
      {
        call: events[0]?.content?.parts?.[0]?.functionCall,
        eventId: 'e1',
        seq: 1,
        waitsFor: 'response',
      },
      { call: { id: 'y', name: 'search' }, eventId: 'e2', seq: 2, waitsFor: 'result' },
      expect.objectContaining({ eventId: 'e3', waitsFor: 'person' }),
    ]);
  });

  it('names the responses without a call', () => {
    const { events, orphanResponses, exceeds } = selectWindow(historyOf(answers('lost')));
    expect(events).toEqual([]);
    expect(orphanResponses).toEqual([
      { response: { id: 'lost', name: 'search', response: {} }, eventId: 'e1', seq: 1 },
    ]);
    expect(exceeds).toBeUndefined();
  });

  it('says where it starts; with a summary, at the first event that it covers', () => {
    const events = historyOf(user('a'), user('b'), user('c'), user('d'), summary(2, 3));
    expect(selectWindow(events).startsAtSeq).toBe(1);
    expect(selectWindow(events, { maxEvents: 2 }).startsAtSeq).toBe(2);
    expect(selectWindow([]).startsAtSeq).toBeUndefined();
  });

  it('says what the newest event needs if that is too much', () => {
    const events = historyOf(user('a'), calls('x', 'y'), answers('x'), answers('y'));
    const countTokens = ({ parts = [] }: Content) => parts.length;
    const window = selectWindow(events, { maxTokens: 3, countTokens });
    expect(window).toEqual({
      events: [],
      openCalls: [],
      orphanResponses: [],
      startsAtSeq: undefined,
      exceeds: { events: 3, tokens: 4, bytes: 0 },
    });
  });

  it('counts bytes as those of the JSON in UTF-8', () => {
    const [event] = historyOf(user('größer 🙂')) as [Event];
    const bytes = Buffer.byteLength(JSON.stringify(event));
    expect(selectWindow([event], { maxBytes: bytes }).events).toEqual([event]);
    expect(selectWindow([event], { maxBytes: bytes - 1 }).exceeds?.bytes).toBe(bytes);
  });

  it('asks about the tokens of an event once, and not about what cannot come in', () => {
    const asked: Content[] = [];
    const countTokens = (content: Content) => asked.push(content) * 0 + 1;
    const events = historyOf(user('a'), user('b'), {}, user('c'));
    selectWindow(events, { maxTokens: 1, countTokens });
    expect(asked).toEqual([events[3]?.content, events[1]?.content]);
  });

  it('takes a session, or anything that has events, and freezes what it gives', () => {
    const window = selectWindow({ events: historyOf(user('a')) }, {});
    expect(seqs(window.events)).toEqual([1]);
    expect(Object.isFrozen(window) && Object.isFrozen(window.events)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['maxEvents', { maxEvents: -1 }],
    ['maxEvents', { maxEvents: 1.5 }],
    ['maxTokens', { maxTokens: '8000' }],
    ['maxTokens', { maxTokens: Number.POSITIVE_INFINITY }],
    ['maxBytes', { maxBytes: null }],
    ['countTokens', { countTokens: 4 }],
    ['countTokens', { maxTokens: 9, countTokens: () => Number.NaN }],
    ['countTokens', { maxTokens: 9, countTokens: () => -1 }],
    ['countTokens', { maxTokens: 9, countTokens: async () => 1 }],
    ['budget', null],
    ['budget', 8000],
  ])('refuses a wrong %s', (path, budget) => {
    expect(() => selectWindow(historyOf(user('a')), budget as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path }),
    );
  });

  it('refuses what is not a history', () => {
    expect(() => selectWindow(undefined as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'events' }),
    );
  });
});
