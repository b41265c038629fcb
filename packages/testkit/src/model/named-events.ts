import type { EventInput } from '@holdfast/core';
import { at } from '../scenario.ts';

export type StateDelta = Readonly<Record<string, number | null>>;

/** An event of which everything that matters to the model is given. */
export interface NamedEvent extends EventInput {
  readonly id: string;
  readonly timestamp: number;
  readonly author: string;
  readonly partial: boolean;
  readonly actions: {
    readonly stateDelta: StateDelta;
    readonly removedStateKeys: readonly string[];
    readonly stateIncrements?: Readonly<Record<string, number>>;
    readonly compaction?: Summary;
  };
}

interface Summary {
  readonly fromSeq: 1;
  readonly throughSeq: number;
  readonly compactedContent: NonNullable<EventInput['content']>;
}

function named(
  id: string,
  fields: {
    readonly time: number;
    readonly set?: StateDelta;
    readonly remove?: readonly string[];
    readonly add?: Readonly<Record<string, number>>;
    readonly partial?: boolean;
  },
): NamedEvent {
  const { time, set = {}, remove = [], add, partial = false } = fields;
  const actions = {
    stateDelta: set,
    removedStateKeys: remove,
    ...(add !== undefined && { stateIncrements: add }),
  };
  return { id, timestamp: at(time), author: 'first', partial, content: contentOf(id), actions };
}

function contentOf(text: string) {
  return { role: 'user', parts: [{ text }] };
}

/** Those that a store of any capabilities takes. */
export const plainEvents: readonly NamedEvent[] = [
  named('plain', { time: 10 }),
  named('early', { time: 5, set: { a: 1 } }),
  named('late', { time: 30, set: { a: 2, b: 2 } }),
  named('null', { time: 20, set: { a: null, 'user:a': null } }),
  named('remove', { time: 15, remove: ['a', 'user:a', 'app:a'] }),
  named('swap', { time: 25, set: { b: 3, 'app:a': 3 }, remove: ['a'] }),
  named('user', { time: 12, set: { 'user:a': 4, 'user:b': 4 } }),
  named('app', { time: 13, set: { 'app:a': 5 } }),
  named('temp', { time: 14, set: { 'temp:a': 6, b: 6 }, remove: ['temp:b'] }),
  named('partial', { time: 40, set: { a: 7 }, partial: true }),
];

/** Those that need increments. */
export const addingEvents: readonly NamedEvent[] = [
  named('add', { time: 16, add: { a: 1, 'user:a': -1 } }),
  named('more', { time: 17, set: { b: 8 }, add: { a: 2, 'app:a': 1 } }),
];

/** Each event, and under `name!` another content with the same id. */
const eventsByName: ReadonlyMap<string, NamedEvent> = new Map(
  [...plainEvents, ...addingEvents].flatMap((event) => [
    [event.id, event],
    [`${event.id}!`, { ...event, author: 'second' }],
  ]),
);

/** The events of names. */
export function eventsOf(names: readonly string[]): readonly NamedEvent[] {
  return names.flatMap((name) => eventsByName.get(name) ?? []);
}

export const summaryIds = ['s1', 's2', 's3'] as const;

/** Whether an event has an id of the model. That of a marker is the service's. */
export function isNamed(id: string): boolean {
  return eventsByName.has(id) || summaryIds.some((each) => each === id);
}

const summaries = new Map<string, NamedEvent>();

/** A summary of the first events: always the same one for the same id and the same events. */
export function summaryOf(id: string, throughSeq: number): NamedEvent {
  const name = `${id} ${throughSeq}`;
  const { actions, ...event } = named(id, { time: 18 });
  const compaction = { fromSeq: 1, throughSeq, compactedContent: contentOf(id) } as const;
  const summary = summaries.get(name) ?? { ...event, actions: { ...actions, compaction } };
  summaries.set(name, summary);
  return summary;
}
