import { createUuidV7, type Event, type EventInput } from '@holdfast/core';
import type { Session, SessionService } from '@holdfast/session';
import { isTempKey, type State } from '@holdfast/state';

/**
 * One message and all that the agent does about it. It appends to the session, and
 * follows it: `session` is always the snapshot after the last event.
 */
export class Turn {
  readonly #service: SessionService;
  readonly #invocationId = createUuidV7();
  #session: Session;

  constructor(service: SessionService, session: Session) {
    this.#service = service;
    this.#session = session;
  }

  get session(): Session {
    return this.#session;
  }

  get state(): State {
    return this.#session.state;
  }

  /** Appends an event with whatever was changed in the state since the last one. */
  async append(event: EventInput): Promise<Event> {
    return this.#append({ ...event, actions: this.state.takeDelta() });
  }

  /** Appends a piece of an answer: the service hands it back, and stores nothing. */
  async appendPartial(event: EventInput): Promise<Event> {
    return this.#append({ ...event, partial: true });
  }

  /** Appends the last event of the turn. What was `temp:` has done its work, and goes. */
  async end(event: EventInput): Promise<Event> {
    for (const key of [...this.state.keys()].filter(isTempKey)) this.state.delete(key);
    return this.append({ ...event, turnComplete: true });
  }

  async #append(event: EventInput): Promise<Event> {
    const stored = await this.#service.appendEvent({
      ...this.#session.key,
      event: { ...event, invocationId: this.#invocationId },
    });
    this.#session = this.#session.withEvent(stored);
    return stored;
  }
}
