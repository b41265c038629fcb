/** Changes of state. A prefix says the scope. */
export type Delta = Readonly<Record<string, string | number>>;

export interface SampleEvent {
  readonly id: string;
  readonly invocationId: string;
  readonly author: string;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly content: {
    readonly role: string;
    readonly parts: readonly {
      readonly text?: string;
      readonly functionCall?: {
        readonly id: string;
        readonly name: string;
        readonly args: Readonly<Record<string, string | number>>;
      };
    }[];
  };
  readonly actions: { readonly stateDelta: Delta };
}

export const APP = 'bench';

/** Later than any session of this process is created, as in real life. */
export const FIRST_TIME = Date.now() + 60_000;

/** One key in each of the three scopes. */
export function sampleDelta(n: number): Delta {
  return { turn: n, 'user:lastCity': 'Lisbon', 'app:answers': n };
}

export function eventId(n: number): string {
  return `event-${n}`;
}

/** An event such as an agent's turn makes: some text, a function call, a change of state. */
export function sampleEvent(n: number, stateDelta: Delta = sampleDelta(n)): SampleEvent {
  return {
    id: eventId(n),
    invocationId: `invocation-${n >> 2}`,
    author: 'assistant',
    timestamp: FIRST_TIME + n,
    content: {
      role: 'model',
      parts: [
        { text: `The weather in Lisbon is fine today, and it will stay so (${n}).` },
        { functionCall: { id: `call-${n}`, name: 'weather', args: { city: 'Lisbon', days: 3 } } },
      ],
    },
    actions: { stateDelta },
  };
}

/** That many keys in each scope. */
export function manyKeys(count: number): Delta {
  const entries: [string, number][] = [];
  for (const prefix of ['', 'user:', 'app:']) {
    for (let i = 0; i < count; i++) entries.push([`${prefix}key-${i}`, i]);
  }
  return Object.fromEntries(entries);
}
