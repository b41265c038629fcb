import type { Event } from '@holdfast/core';
import { element } from '../dom/element.ts';
import { icon } from '../dom/icon.ts';
import { messageText } from '../model/message-text.ts';
import { exactTime, timeOfDay } from '../model/relative-time.ts';
import { callLines, toolLines } from './tool-line.ts';

/** An event as it stands in the conversation; undefined where there is nothing to show of it. */
export function messageItem(event: Event): HTMLLIElement | undefined {
  const text = messageText(event);
  const lines = toolLines(event);
  const calls = callLines(event);
  const isUser = event.author === 'user' && lines.length === 0;
  const body = [
    ...(text === '' ? [] : [element('p', { class: 'text', text })]),
    ...lines,
    ...calls,
    ...endTags(event),
  ];
  if (body.length === 0) return undefined;
  const kind = isUser ? 'from-user' : lines.length + calls.length > 0 ? 'from-tools' : 'from-agent';
  return element('li', {
    class: `message ${kind}`,
    attributes: { 'data-seq': event.seq?.toString(), 'data-calls': calls.length > 0 },
    children: [speaker(event, kind), element('div', { class: 'message-body', children: body })],
  });
}

const pendingTexts = {
  sending: 'sending',
  failed: 'not known to be stored',
  next: 'sent as soon as the answer has stopped',
};

/** A message that is on its way, or did not get there. */
export function pendingItem(
  text: string,
  { status }: { readonly status: keyof typeof pendingTexts },
): HTMLElement {
  return element('div', {
    class: `message from-user pending ${status}`,
    children: [
      element('div', {
        class: 'message-head',
        text: `You · ${pendingTexts[status]}`,
      }),
      element('div', { class: 'message-body', children: [element('p', { class: 'text', text })] }),
    ],
  });
}

function speaker(event: Event, kind: string): HTMLElement | undefined {
  if (kind === 'from-tools') return undefined;
  return element('div', {
    class: 'message-head',
    children: [
      kind === 'from-user' ? 'You' : 'Agent',
      ' · ',
      element('time', {
        text: timeOfDay(event.timestamp),
        attributes: {
          datetime: new Date(event.timestamp).toISOString(),
          title: exactTime(event.timestamp),
        },
      }),
    ],
  });
}

function endTags(event: Event): readonly HTMLElement[] {
  if (event.interrupted === true)
    return [tag('interrupted', 'Interrupted: stored as far as it came')];
  if (event.errorCode === undefined) {
    return event.finishReason === 'MAX_TOKENS'
      ? [tag('cut', 'Cut off: the limit of output tokens is reached')]
      : [];
  }
  return [tag('failed', `Failed: ${event.errorMessage ?? event.errorCode}`)];
}

function tag(kind: string, text: string): HTMLElement {
  return element('p', {
    class: `end-tag ${kind}`,
    children: [icon('alert'), element('span', { text })],
  });
}
