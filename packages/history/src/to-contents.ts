import { checkPlainObject, describeType, invalidArgument } from '@holdfast/core/internal';
import { type Content, type Event, HoldfastError, type Mutable, thaw } from '@holdfast/session';
import { summaryOf } from '@holdfast/session/store';
import { activeEvents } from './active-events.ts';
import type { Budget, Size } from './budget.ts';
import { isTelling, pairCalls, partsOf } from './call-pairs.ts';
import type { History } from './history.ts';
import { askedAbout, isRequest } from './open-calls.ts';
import { type RepairOptions, repairEvents } from './repair-history.ts';
import { windowOf } from './select-window.ts';

export interface ContentsOptions extends Budget, RepairOptions {
  /**
   * The branch of the agent that asks, such as `root.research`: it is given what is of this branch,
   * of those above it, and of none. @default all branches
   */
  readonly branch?: string | undefined;
}

/**
 * What a model is given of a conversation: the contents of the active events within a budget, repaired
 * as by `repairHistory`. It begins with a content of the user, and each call is followed by its
 * responses, so every provider accepts it. It is a copy of your own, assignable to the `contents` of
 * `@google/genai`.
 *
 * - A summary is given as the user's, whatever role it was written in.
 * - Contents of the model that follow each other become one.
 * - Requests to a person (`adk_request_…`) are left out: no model has made them. So are events that
 *   say nothing, such as those that only change the state; they take nothing of the budget.
 *
 * `too_large` if the newest event alone, with what belongs to it, exceeds the budget.
 *
 * @example
 * const session = await service.getOrCreate({ ...key, active: true });
 * const contents = toContents(session, { maxTokens: 8_000 });
 * const answer = await ai.models.generateContent({ model, contents });
 */
export function toContents(history: History, options: ContentsOptions = {}): Mutable<Content>[] {
  checkPlainObject(options, 'options');
  const { branch, missingResponse } = options;
  if (branch !== undefined && typeof branch !== 'string') {
    throw invalidArgument('branch', `must be a string, got ${describeType(branch)}`);
  }
  const visible = activeEvents(history).filter((event) => isVisible(event, branch));
  const asked = askedAbout(pairCalls(visible).calls);
  const told = visible.flatMap(withoutRequests).filter((event) => partsOf(event).some(isTelling));
  const { events, exceeds } = windowOf(told, { budget: options, asked });
  if (exceeds !== undefined) throw tooLarge(exceeds, options);
  const repaired = repairEvents(events, { missingResponse, asked });

  const contents: Mutable<Content>[] = [];
  for (const event of repaired) {
    const content = contentOf(event);
    if (content === undefined) continue;
    const last = contents.at(-1);
    if (last === undefined && content.role === 'model') contents.push(placeholder());
    if (last?.role === 'model' && content.role === 'model') {
      for (const part of content.parts ?? []) last.parts?.push(part);
    } else {
      contents.push(content);
    }
  }
  return contents;
}

function isVisible(event: Event, branch: string | undefined): boolean {
  if (event.partial === true) return false;
  if (branch === undefined || !event.branch) return true;
  return branch === event.branch || branch.startsWith(`${event.branch}.`);
}

/** No model has made these calls, nor would it know what to make of the answers. */
function withoutRequests(event: Event): readonly Event[] {
  const parts = partsOf(event);
  const own = parts.filter(
    ({ functionCall, functionResponse }) => !isRequest(functionCall ?? functionResponse ?? {}),
  );
  if (own.length === parts.length) return [event];
  return own.length === 0 ? [] : [{ ...event, content: { ...event.content, parts: own } }];
}

function contentOf(event: Event): Mutable<Content> | undefined {
  const parts = partsOf(event).filter(isTelling);
  if (parts.length === 0) return undefined;
  return { ...thaw({ ...event.content, parts }), role: roleOf(event) };
}

function roleOf(event: Event): 'user' | 'model' {
  const parts = partsOf(event);
  if (parts.some(({ functionCall }) => functionCall)) return 'model';
  if (parts.some(({ functionResponse }) => functionResponse)) return 'user';
  if (summaryOf(event) !== undefined) return 'user';
  const role = event.content?.role;
  if (role === 'model' || role === 'assistant') return 'model';
  // Nor are the words of a system those of the model.
  if (typeof role === 'string' && role !== '') return 'user';
  return event.author === undefined || event.author === 'user' ? 'user' : 'model';
}

/** Stands for what the user said before, if that is missing. */
function placeholder(): Mutable<Content> {
  return { role: 'user', parts: [{ text: '(The conversation began earlier.)' }] };
}

function tooLarge(needed: Size, { maxEvents, maxTokens, maxBytes }: Budget): HoldfastError {
  const bounds = [
    ['maxEvents', needed.events, maxEvents],
    ['maxTokens', needed.tokens, maxTokens],
    ['maxBytes', needed.bytes, maxBytes],
  ] as const;
  const [path, size, bound] =
    bounds.find(([, n, max]) => max !== undefined && n > max) ?? bounds[0];
  return new HoldfastError('too_large', {
    message: `the newest event, with what belongs to it, exceeds ${path}: ${size}, and not ${bound}`,
    path,
  });
}
