import type { Content, Event, FunctionCall, Part } from '@holdfast/core';

/**
 * The history that a model is sent, made of stored events, of which the first may be missing.
 * A store keeps what happened, and what happened may have broken off: a process died between
 * a call and its response, or between a message and its answer. Models refuse that. So here
 *
 * - it begins with something that the user said,
 * - each call is followed by its response; one that never came says so,
 * - a response without its call is left out,
 * - user and model take turns: a message that got no answer is followed by a note of that.
 *
 * What is stored stays as it is.
 */
export function modelHistory(events: readonly Event[]): readonly Content[] {
  const contents = events.flatMap(({ content }) => content ?? []);
  const begin = contents.findIndex((content) => isMessage(content));
  if (begin < 0) return [];
  return takeTurns(answerCalls(contents.slice(begin)));
}

function answerCalls(contents: readonly Content[]): readonly Content[] {
  const answered: Content[] = [];
  let open: readonly FunctionCall[] = [];
  for (const content of contents) {
    const parts = (content.parts ?? []).filter((part) => !isEmpty(part));
    const responses = parts.filter(isResponse);
    if (responses.length > 0) {
      if (open.length > 0) answered.push(responsesTo(open, responses));
      open = [];
      const others = parts.filter((part) => !isResponse(part));
      if (others.length > 0) answered.push({ ...content, parts: others });
      continue;
    }
    if (parts.length === 0) continue;
    if (open.length > 0) answered.push(responsesTo(open, []));
    answered.push({ ...content, parts });
    open = callsIn(content);
  }
  if (open.length > 0) answered.push(responsesTo(open, []));
  return answered;
}

/** One response for each call, in the order of the calls. */
function responsesTo(calls: readonly FunctionCall[], responses: readonly Part[]): Content {
  const left = [...responses];
  const parts = calls.map((call) => {
    const at = left.findIndex(
      ({ functionResponse }) =>
        functionResponse?.id === call.id && functionResponse?.name === call.name,
    );
    return at < 0 ? missingResponse(call) : (left.splice(at, 1)[0] ?? missingResponse(call));
  });
  return { role: 'user', parts };
}

function missingResponse({ id, name }: FunctionCall): Part {
  return {
    functionResponse: {
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      response: { error: 'this call was cut off: it has not been carried out' },
    },
  };
}

function takeTurns(contents: readonly Content[]): readonly Content[] {
  const turns: Content[] = [];
  for (const content of contents) {
    const last = turns.at(-1);
    if (last === undefined || last.role !== content.role) {
      turns.push(content);
    } else if (content.role === 'user') {
      turns.push({ role: 'model', parts: [{ text: '(no answer: it was cut off)' }] }, content);
    } else {
      turns.splice(-1, 1, { ...last, parts: [...(last.parts ?? []), ...(content.parts ?? [])] });
    }
  }
  return turns;
}

/** The calls that a content asks for. */
export function callsIn(content: Content | undefined): readonly FunctionCall[] {
  return (content?.parts ?? []).flatMap(({ functionCall }) => functionCall ?? []);
}

function isMessage({ role, parts = [] }: Content): boolean {
  return role === 'user' && parts.some(({ text = '' }) => text !== '');
}

function isResponse({ functionResponse }: Part): boolean {
  return functionResponse !== undefined;
}

/** A text of no characters, and nothing else that a model would miss. */
function isEmpty(part: Part): boolean {
  return part.text === '' && Object.keys(part).length === 1;
}
