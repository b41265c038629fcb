import { createEvent, type Event, type EventInput } from '@holdfast/core';
import { expect, it } from 'vitest';
import { EventLog } from './event-log.ts';

function stored(seq: number, event: EventInput): Event {
  return { ...createEvent(event), seq };
}

function said(seq: number, author: string, more: EventInput = {}): Event {
  const role = author === 'user' ? 'user' : 'model';
  return stored(seq, { author, content: { role, parts: [{ text: `text ${seq}` }] }, ...more });
}

it('takes each event once, and only behind those that are here', () => {
  const log = new EventLog();
  log.load([said(5, 'user')]);
  expect(log.append(said(5, 'user'))).toBe(false);
  expect(log.append(said(6, 'agent'))).toBe(true);
  expect(log.prepend([said(4, 'agent'), said(5, 'user')]).map(({ seq }) => seq)).toEqual([4]);
  expect(log.events.map(({ seq }) => seq)).toEqual([4, 5, 6]);
  expect(log.hasEarlier).toBe(true);
});

it('knows the message that nobody has answered', () => {
  const log = new EventLog();
  const message = said(1, 'user');
  log.append(message);
  expect(log.unanswered).toEqual({ text: 'text 1', eventId: message.id });
  const call = { role: 'model', parts: [{ functionCall: { name: 'f' } }] };
  log.append(stored(2, { author: 'agent', content: call }));
  expect(log.unanswered?.eventId).toBe(message.id);
  log.append(said(3, 'agent', { turnComplete: true }));
  expect(log.unanswered).toBeUndefined();
});

it('takes words of an agent for an answer, also of one that ends no turns', () => {
  const log = new EventLog();
  log.load([said(1, 'user'), said(2, 'agent')]);
  expect(log.unanswered).toBeUndefined();
});
