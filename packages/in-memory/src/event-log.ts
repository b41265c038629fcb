import type { Event } from '@holdfast/core';
import { firstIndex, SortedList } from './sorted-list.ts';

/** The events of one session: by `seq`, by id, and by time. */
export class EventLog {
  readonly #events: Event[] = [];
  #byId: Map<string, Event> | undefined;
  // Most sessions get their events in the order of time, and then the events themselves
  // are the index. The first reader by time of a session that doesn't pays for another.
  #inTimeOrder = true;
  #byTime: SortedList<Event> | undefined;

  get length(): number {
    return this.#events.length;
  }

  push(event: Event): void {
    const before = this.#events.at(-1);
    if (before !== undefined && before.timestamp > event.timestamp) this.#inTimeOrder = false;
    this.#events.push(event);
    this.#byId ??= new Map();
    this.#byId.set(event.id, event);
    this.#byTime?.add(event);
  }

  /** Puts an event in the place of the one that has its `seq`, its id and its time. */
  replace(event: Event): void {
    const before = this.#events[seqOf(event) - 1];
    this.#events[seqOf(event) - 1] = event;
    this.#byId?.set(event.id, event);
    if (before === undefined || this.#byTime === undefined) return;
    this.#byTime.remove(before);
    this.#byTime.add(event);
  }

  byId(id: string): Event | undefined {
    return this.#byId?.get(id);
  }

  /** The events from `fromSeq` on, up to `toSeq`, that one not included. */
  range(fromSeq: number, toSeq: number = Number.POSITIVE_INFINITY): Event[] {
    return this.#events.slice(Math.max(0, fromSeq - 1), Math.max(0, toSeq - 1));
  }

  /** The events at `timestamp` or later whose `seq` is `fromSeq` or more, by `seq`. */
  since(timestamp: number, fromSeq: number): Event[] {
    if (this.#inTimeOrder) {
      const first = firstIndex(
        this.#events.length,
        (i) => (this.#events[i] as Event).timestamp >= timestamp,
      );
      return this.range(Math.max(first + 1, fromSeq));
    }
    this.#byTime ??= this.#indexByTime();
    const found: Event[] = [];
    for (const event of this.#byTime.ascending((other) => other.timestamp >= timestamp)) {
      // As soon as the other bound is known to leave less, it is the one to walk.
      if (found.length > this.length - fromSeq) {
        return this.range(fromSeq).filter((later) => later.timestamp >= timestamp);
      }
      found.push(event);
    }
    return found.filter((event) => seqOf(event) >= fromSeq).sort(bySeq);
  }

  #indexByTime(): SortedList<Event> {
    const index = new SortedList<Event>((a, b) => a.timestamp - b.timestamp || bySeq(a, b));
    for (const event of this.#events) index.add(event);
    return index;
  }
}

function bySeq(a: Event, b: Event): number {
  return seqOf(a) - seqOf(b);
}

function seqOf(event: Event): number {
  return event.seq as number;
}
