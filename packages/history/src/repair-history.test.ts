import { describe, expect, it } from 'vitest';
import { type Draft, historyOf } from './histories.fixture.ts';
import { repairHistory } from './repair-history.ts';

const call = (id: string, rest: object = {}) => ({
  functionCall: { id, name: 'search', args: {} },
  ...rest,
});
const answer = (id: string, response: Readonly<Record<string, unknown>> = { of: id }) => ({
  functionResponse: { id, name: 'search', response },
});
const model = (...parts: readonly object[]): Draft => ({
  author: 'agent',
  content: { role: 'model', parts },
});
const user = (...parts: readonly object[]): Draft => ({
  author: 'user',
  content: { role: 'user', parts },
});
const CUT_OFF = { error: 'no response: the call was cut off before it was answered' };

/** Of each event, its id and its parts. */
function viewOf(drafts: readonly Draft[], options?: Parameters<typeof repairHistory>[1]) {
  const repaired = repairHistory(historyOf(...drafts), options);
  return repaired.map(({ id, content }) => [id, ...(content?.parts ?? [])]);
}

describe('repairHistory', () => {
  it('gives the very events if nothing is wrong with them', () => {
    const events = historyOf(
      user({ text: 'a' }),
      model(call('x'), call('y')),
      user(answer('x'), answer('y')),
      { actions: { stateDelta: { k: 1 } } },
      model({ text: 'b' }),
    );
    const repaired = repairHistory(events);
    expect(repaired).toHaveLength(events.length);
    for (const [i, event] of repaired.entries()) expect(event).toBe(events[i]);
  });

  it.each<[string, readonly Draft[], ReturnType<typeof viewOf>]>([
    [
      'brings the responses to the calls of an event together, in the order of the calls',
      [model(call('x'), call('y')), user(answer('y')), user({ text: 'a' }), user(answer('x'))],
      [
        ['e3', { text: 'a' }],
        ['e1', call('x'), call('y')],
        ['e4', answer('x'), answer('y')],
      ],
    ],
    [
      'takes the last response of several',
      [
        model(call('x')),
        user(answer('x', { n: 1 })),
        model({ text: 'wait' }),
        user(answer('x', { n: 2 })),
      ],
      [
        ['e3', { text: 'wait' }],
        ['e1', call('x')],
        ['e4', answer('x', { n: 2 })],
      ],
    ],
    [
      'leaves a response without its call out',
      [user(answer('x')), user(answer('y'), { text: 'a' })],
      [['e2', { text: 'a' }]],
    ],
    [
      'parts calls that answer at once, and what the user says then',
      [model({ text: 'a' }, call('x')), user({ text: 'b' }, answer('x'))],
      [
        ['e1', { text: 'a' }, call('x')],
        ['e2', answer('x')],
        ['e2:rest', { text: 'b' }],
      ],
    ],
    [
      'parts a response from calls that stand beside it',
      [model(call('x')), model(answer('x'), call('y')), user(answer('y'))],
      [
        ['e1', call('x')],
        ['e1:responses', answer('x')],
        ['e2', call('y')],
        ['e3', answer('y')],
      ],
    ],
    [
      'parts the responses to the calls of two events',
      [model(call('x')), model(call('y')), user(answer('y'), answer('x'))],
      [
        ['e1', call('x')],
        ['e3', answer('x')],
        ['e2', call('y')],
        ['e2:responses', answer('y')],
      ],
    ],
    [
      'gives a call without a response one that says so',
      [model(call('x'), call('y')), user(answer('x')), user({ text: 'a' })],
      [
        ['e1', call('x'), call('y')],
        ['e2', answer('x'), answer('y', CUT_OFF)],
        ['e3', { text: 'a' }],
      ],
    ],
    [
      'says of a long-running call that it is pending',
      [{ ...model(call('x')), longRunningToolIds: ['x'] }],
      [
        ['e1', call('x')],
        ['e1:responses', answer('x', { status: 'pending' })],
      ],
    ],
    [
      'says of a request to a person that it is pending',
      [model({ functionCall: { id: 'x', name: 'adk_request_credential' } })],
      [
        ['e1', { functionCall: { id: 'x', name: 'adk_request_credential' } }],
        [
          'e1:responses',
          {
            functionResponse: {
              id: 'x',
              name: 'adk_request_credential',
              response: { status: 'pending' },
            },
          },
        ],
      ],
    ],
    [
      'gives a response the id and the name of its call',
      [
        model(call('x'), { functionCall: { name: 'order' } }),
        user(
          { functionResponse: { name: 'search', response: { n: 1 } } },
          { functionResponse: { id: 'own', name: 'order', response: { n: 2 }, parts: [] } },
        ),
      ],
      [
        ['e1', call('x'), { functionCall: { name: 'order' } }],
        [
          'e2',
          answer('x', { n: 1 }),
          { functionResponse: { name: 'order', response: { n: 2 }, parts: [] } },
        ],
      ],
    ],
  ])('%s', (_, drafts, expected) => {
    expect(viewOf(drafts)).toEqual(expected);
  });

  it('leaves a call without a response out if it is asked to, and keeps what stands beside it', () => {
    const drafts = [
      model({ text: 'a' }, call('x'), call('y')),
      user(answer('x')),
      model(call('z')),
      model({ text: 'b' }, call('z')),
    ];
    expect(viewOf(drafts, { missingResponse: 'omit' })).toEqual([
      ['e1', { text: 'a' }, call('x')],
      ['e2', answer('x')],
      ['e4', { text: 'b' }],
    ]);
  });

  it('keeps the parts of a call as they are, signatures of thoughts among them', () => {
    const signed = call('x', { thoughtSignature: 'c2ln' });
    expect(viewOf([model(signed, answer('lost'))])[0]).toEqual(['e1', signed]);
  });

  it('gives what it makes up the branch and the invocation of the call, and no seq', () => {
    const [event, made] = repairHistory(
      historyOf({ ...model(call('x')), branch: 'root.a', invocationId: 'i' }),
    );
    expect(event?.seq).toBe(1);
    expect(made).toEqual({
      id: 'e1:responses',
      invocationId: 'i',
      author: 'agent',
      branch: 'root.a',
      timestamp: 1,
      content: { role: 'user', parts: [answer('x', CUT_OFF)] },
      actions: { stateDelta: {} },
    });
  });

  it('gives responses that are joined from several branches that of the call', () => {
    const [, responses] = repairHistory(
      historyOf(
        { ...model(call('x'), call('y')), branch: 'root.a' },
        { ...user(answer('x')), branch: 'root.a' },
        { ...user(answer('y')), branch: 'root' },
      ),
    );
    expect(responses).toMatchObject({ id: 'e1:responses', branch: 'root.a', timestamp: 3 });
  });

  it.each<[string, unknown, unknown]>([
    ['events', undefined, {}],
    ['events[0]', [1], {}],
    ['options', [], null],
    ['options', [], 'omit'],
    ['missingResponse', [], { missingResponse: 'leave' }],
  ])('refuses a wrong %s', (path, history, options) => {
    expect(() => repairHistory(history as never, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path }),
    );
  });
});
