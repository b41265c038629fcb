import type { Event, Part } from '@holdfast/session';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeEvents } from './active-events.ts';
import { histories, parameters } from './histories.fixture.ts';
import { naivePairs } from './naive-pairs.fixture.ts';
import { type RepairOptions, repairHistory } from './repair-history.ts';
import {
  anthropicProblems,
  contentsOf,
  geminiProblems,
  openAIProblems,
} from './strict-checkers.fixture.ts';

interface Tried {
  readonly history: readonly Event[];
  readonly options: RepairOptions;
  readonly repaired: readonly Event[];
}

const options = fc.constantFrom<RepairOptions>(
  {},
  { missingResponse: 'error' },
  { missingResponse: 'omit' },
);

/** Tries what holds for any history and options. */
function always(holds: (tried: Tried) => void): void {
  const property = fc.property(histories, options, (history, chosen) => {
    holds({ history, options: chosen, repaired: repairHistory(history, chosen) });
  });
  fc.assert(property, parameters);
}

const partsOf = ({ content }: Event) => content?.parts ?? [];
const isCallOrResponse = (part: Part) => part.functionCall || part.functionResponse;
const wordsOf = (events: readonly Event[]) =>
  events.flatMap(partsOf).filter((part) => !isCallOrResponse(part));

describe('a history that was repaired', () => {
  it.each([
    ['Gemini', geminiProblems],
    ['OpenAI', openAIProblems],
    ['Anthropic', anthropicProblems],
  ] as const)('is accepted by %s, whatever it was', (_, problemsOf) => {
    always(({ repaired }) => expect(problemsOf(contentsOf(repaired))).toEqual([]));
  });

  it('stays as it is if it is repaired again', () => {
    always(({ repaired, options }) => expect(repairHistory(repaired, options)).toEqual(repaired));
  });

  it('has all that was said, once', () => {
    always(({ history, repaired }) => {
      const said = wordsOf(activeEvents(history));
      const found = wordsOf(repaired);
      expect(found.length).toBe(said.length);
      expect(new Set(found)).toEqual(new Set(said));
    });
  });

  it('has all calls, or those that were answered, each with its last response', () => {
    always(({ history, repaired, options }) => {
      const { pairs } = naivePairs(activeEvents(history));
      const kept = pairs.filter(
        ({ responses }) => options.missingResponse !== 'omit' || responses.length > 0,
      );
      const expected = kept.map(({ call, responses }) => [
        call.value,
        responses.at(-1)?.value.response ?? expect.anything(),
      ]);
      const found = naivePairs(repaired).pairs.map(({ call, responses }) => [
        call.value,
        responses[0]?.value.response,
      ]);
      expect(found).toHaveLength(expected.length);
      expect(found).toEqual(expect.arrayContaining(expected));
    });
  });

  it('has no id twice, and no seq', () => {
    always(({ repaired }) => {
      const ids = repaired.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const seqs = repaired.flatMap(({ seq }) => seq ?? []);
      expect(new Set(seqs).size).toBe(seqs.length);
    });
  });

  it('has the very events that needed no repair', () => {
    always(({ history, repaired }) => {
      const active = activeEvents(history);
      const { pairs } = naivePairs(active);
      for (const [i, event] of active.entries()) {
        const isSummary = event.actions.compaction !== undefined;
        if (!partsOf(event).some(isCallOrResponse) && !isSummary) expect(repaired).toContain(event);
        const next = active[i + 1];
        if (next === undefined || !isGoodPair(event, next, pairs)) continue;
        expect(repaired).toContain(event);
        expect(repaired).toContain(next);
      }
    });
  });

  it('is another one than what was given, which stays as it was', () => {
    always(({ history, options }) => {
      const before = structuredClone(history);
      freeze(history);
      const repaired = repairHistory(history, options);
      expect(history).toEqual(before);
      expect(Object.isFrozen(repaired)).toBe(true);
    });
  });
});

/** Whether an event has nothing but calls, and the next one nothing but the responses that count. */
function isGoodPair(
  event: Event,
  ...[next, pairs]: [Event, ReturnType<typeof naivePairs>['pairs']]
): boolean {
  const own = pairs.filter(({ call }) => call.event === event);
  const answers = own.map(({ responses }) => responses.at(-1)?.part);
  const hasOnlyCalls = partsOf(event).every((part) => !part.functionResponse);
  const areSame = own.every(({ call: { value }, responses }) => {
    const { id, name } = responses.at(-1)?.value ?? {};
    return id === value.id && name === value.name;
  });
  const parts = partsOf(next);
  const isAnswer = parts.length === answers.length && parts.every((p, i) => p === answers[i]);
  return own.length > 0 && hasOnlyCalls && areSame && isAnswer;
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
