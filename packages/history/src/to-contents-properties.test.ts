import { type Event, isHoldfastError } from '@holdfast/session';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeEvents } from './active-events.ts';
import { isTelling, partsOf } from './call-pairs.ts';
import { histories, parameters } from './histories.fixture.ts';
import { repairHistory } from './repair-history.ts';
import { selectWindow } from './select-window.ts';
import {
  anthropicProblems,
  geminiRequestProblems,
  openAIProblems,
} from './strict-checkers.fixture.ts';
import { type ContentsOptions, toContents } from './to-contents.ts';

const options: fc.Arbitrary<ContentsOptions> = fc.record(
  {
    missingResponse: fc.constantFrom('error', 'omit'),
    branch: fc.constantFrom('root', 'root.a', 'root.b', 'root.a.deep', 'other'),
    maxEvents: fc.integer({ min: 1, max: 12 }),
    maxTokens: fc.integer({ min: 20, max: 300 }),
  },
  { requiredKeys: [] },
);

type Contents = ReturnType<typeof toContents>;

interface Tried {
  readonly history: readonly Event[];
  readonly chosen: ContentsOptions;
  readonly contents: Contents;
}

/** Tries what holds for any history and options. */
function always(holds: (tried: Tried) => void): void {
  const property = fc.property(histories, options, (history, chosen) => {
    let contents: Contents;
    try {
      contents = toContents(history, chosen);
    } catch (error) {
      return fc.pre(!isHoldfastError(error, 'too_large'));
    }
    holds({ history, chosen, contents });
  });
  fc.assert(property, parameters);
}

describe('contents of any history', () => {
  it.each([
    ['Gemini', geminiRequestProblems],
    ['OpenAI', openAIProblems],
    ['Anthropic', anthropicProblems],
  ] as const)('are accepted by %s', (_, problemsOf) => {
    always(({ contents }) => expect(problemsOf(contents)).toEqual([]));
  });

  it('begin with the user, and have no two contents of the model in a row', () => {
    always(({ contents }) => {
      expect(contents.map(({ role }) => role).join(' ')).not.toMatch(/^model|model model/);
    });
  });

  it('are a copy: what is changed in them does not reach the history', () => {
    always(({ history, chosen, contents }) => {
      const before = structuredClone(history);
      change(contents);
      expect(history).toEqual(before);
      expect(JSON.stringify(toContents(history, chosen))).not.toContain('"changed"');
    });
  });

  it('are the same each time', () => {
    always(({ history, chosen, contents }) => {
      expect(toContents(history, chosen)).toEqual(contents);
      expect(toContents(structuredClone(history) as never, chosen)).toEqual(contents);
    });
  });

  it('are those of the window, and those of the repaired history', () => {
    always(({ history }) => {
      const events = tellingOf(history);
      const budget = { maxEvents: 6 };
      const window = selectWindow(events, budget);
      // Requests to persons are repaired and chosen in the one, and left out in the other.
      fc.pre(!JSON.stringify(events).includes('adk_request_') && window.exceeds === undefined);
      expect(toContents(window.events)).toEqual(toContents(events, budget));
      expect(toContents(repairHistory(events))).toEqual(toContents(events));
    });
  });

  it('have all words that are in the window, and no request to a person', () => {
    always(({ history, chosen: { branch: _, ...budget } }) => {
      const stored = tellingOf(history);
      fc.pre(selectWindow(stored, budget).exceeds === undefined);
      const json = JSON.stringify(toContents(stored, budget));
      expect(json).not.toMatch(/"name":"adk_request_/);
      fc.pre(!JSON.stringify(stored).includes('adk_request_'));
      const { events } = selectWindow(stored, budget);
      for (const { content } of events) {
        for (const { text = '' } of content?.parts ?? []) expect(json).toContain(text);
      }
    });
  });
});

/** The active events that say something, and were stored. */
function tellingOf(history: readonly Event[]): readonly Event[] {
  return activeEvents(history).filter((event) => !event.partial && partsOf(event).some(isTelling));
}

/** Changes all that can be reached. */
function change(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) change(inner);
  if (Array.isArray(value)) value.push('changed');
  else Object.assign(value, { changed: 'changed' });
}
