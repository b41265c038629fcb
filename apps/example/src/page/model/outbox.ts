import { createUuidV7 } from '@holdfast/core';
import type { PendingMessage } from './conversation-change.ts';
import { isRefusal, type RequestFailure } from './request-failure.ts';

/** What was said here and is not known to be stored. */
export class Outbox {
  /** Why the last message has no answer. */
  problem: RequestFailure | undefined;
  #pending: PendingMessage | undefined;
  #next: string | undefined;

  get pending(): PendingMessage | undefined {
    return this.#pending;
  }

  /** What is sent when the answer that is on its way has stopped. */
  get next(): string | undefined {
    return this.#next;
  }

  /** A message of its own, to be sent now. */
  add(text: string): PendingMessage {
    this.#pending = { text, eventId: createUuidV7() };
    return this.#pending;
  }

  /** Has something said later, with what is to be said then already. */
  addLater(text: string): void {
    this.#next = this.#next === undefined ? text : `${this.#next}\n${text}`;
  }

  /** What was to be said later; it is not any more. */
  takeNext(): string | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  /** Drops a message that can never be sent as it is. Whether there was one. */
  dropRefused(): boolean {
    const { problem } = this;
    if (problem === undefined || !isRefusal(problem) || !this.#pending) return false;
    this.#pending = undefined;
    return true;
  }

  /** An event was stored. */
  stored(eventId: string): void {
    if (eventId !== this.#pending?.eventId) return;
    this.#pending = undefined;
    this.problem = undefined;
  }
}
