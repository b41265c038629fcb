import type { Event } from '@holdfast/core';
import { messageText } from './message-text.ts';

/** The stored events of a conversation that are here: a run of them up to the last. */
export class EventLog {
  #events: Event[] = [];

  get events(): readonly Event[] {
    return this.#events;
  }

  /** The `seq` of the first event that is here; 1 where there is none. */
  get firstSeq(): number {
    return this.#events[0]?.seq ?? 1;
  }

  /** The `seq` of the last event; 0 where there is none. */
  get lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0;
  }

  get hasEarlier(): boolean {
    return this.firstSeq > 1;
  }

  /** What the user said last. */
  get lastMessage(): { readonly text: string; readonly eventId: string } | undefined {
    const event = this.#events.findLast(isMessage);
    return event && { text: messageText(event), eventId: event.id };
  }

  /** What the user said last, where no event has ended its turn. */
  get unanswered(): { readonly text: string; readonly eventId: string } | undefined {
    const last = this.#events.at(-1);
    if (last === undefined || last.turnComplete === true) return undefined;
    const calls = (last.content?.parts ?? []).some((part) => part.functionCall !== undefined);
    // What ends with words of an agent has been answered, whoever wrote it.
    return last.author === 'user' || calls || isResponse(last) ? this.lastMessage : undefined;
  }

  load(events: readonly Event[]): void {
    this.#events = [...events];
  }

  /** False where the event is here already. */
  append(event: Event): boolean {
    if (event.seq === undefined || event.seq <= this.lastSeq) return false;
    this.#events.push(event);
    return true;
  }

  /** Puts events before the others, and gives those that were not here. */
  prepend(events: readonly Event[]): readonly Event[] {
    const { firstSeq } = this;
    const earlier = events.filter(({ seq = 0 }) => seq < firstSeq);
    this.#events = [...earlier, ...this.#events];
    return earlier;
  }
}

function isMessage(event: Event): boolean {
  return event.author === 'user' && messageText(event) !== '';
}

function isResponse({ content }: Event): boolean {
  return (content?.parts ?? []).some((part) => part.functionResponse !== undefined);
}
