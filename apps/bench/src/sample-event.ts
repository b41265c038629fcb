import type { EventInput } from '@holdfast/core';

/** An event such as an agent's turn makes: some text, a function call, a small state change. */
export function sampleEvent(n: number): EventInput {
  return {
    id: `event-${n}`,
    invocationId: `invocation-${n >> 2}`,
    author: 'assistant',
    timestamp: 1_700_000_000_000 + n,
    content: {
      role: 'model',
      parts: [
        { text: `The weather in Lisbon is fine today, and it will stay so (${n}).` },
        { functionCall: { id: `call-${n}`, name: 'weather', args: { city: 'Lisbon', days: 3 } } },
      ],
    },
    actions: { stateDelta: { turn: n, 'user:lastCity': 'Lisbon' } },
  };
}
