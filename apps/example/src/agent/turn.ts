import {
  createUuidV7,
  type Event,
  type EventActionsInput,
  type EventInput,
  type FunctionCall,
  HoldfastError,
  isHoldfastError,
  type JsonObject,
  type JsonValue,
} from '@holdfast/core';
import { jsonEqual } from '@holdfast/core/internal';
import { iterateEvents, type Session, type SessionService } from '@holdfast/session';
import { isTempKey, type State } from '@holdfast/state';
import { shorten } from './shorten.ts';

/** How often an append is tried again where the store cannot be reached, and after how many ms. */
const RETRY_DELAYS = [100, 400];

/** A store that needs longer to fail, in ms, has waited itself: nobody waits for it once more. */
const QUICK_FAILURE = 1_000;

export interface TurnOptions {
  readonly service: SessionService;
  /** The conversation, with the events that the model is to know. */
  readonly session: Session;
  /** What the user says. */
  readonly text: string;
  /** The id of the user's event, and of the turn. */
  readonly eventId: string;
  /** What the conversation is held for: nothing is appended once that is lost. @default nothing */
  readonly token?: string | undefined;
}

/** What is stored of a turn when it begins: more than a message where it had begun before. */
export interface TurnBeginning {
  readonly events: readonly Event[];
  /** Whether nothing is left to do: it is complete, or the conversation has gone on without it. */
  readonly isOver: boolean;
}

/**
 * One message and all that the agent does about it. It appends to the session, and
 * follows it: `session` is always the snapshot after the last event.
 *
 * A turn is named after the event of its message, so the same message again is the same turn:
 * it is not stored twice, and a turn that died half-way goes on from what is stored of it.
 */
export class Turn {
  readonly #service: SessionService;
  readonly #text: string;
  readonly #id: string;
  readonly #token: string | undefined;
  #session: Session;
  #last: Event | undefined;

  constructor({ service, session, text, eventId, token }: TurnOptions) {
    this.#service = service;
    this.#session = session;
    this.#text = text;
    this.#id = eventId;
    this.#token = token;
  }

  get session(): Session {
    return this.#session;
  }

  get state(): State {
    return this.#session.state;
  }

  /** What the event that was stored last in this turn calls. */
  get calls(): readonly FunctionCall[] {
    return (this.#last?.content?.parts ?? []).flatMap(({ functionCall }) => functionCall ?? []);
  }

  /** The `temp:` values, keys without prefix. */
  get temp(): JsonObject {
    const values = [...this.state].filter(([key]) => isTempKey(key));
    return Object.fromEntries(values.map(([key, value]) => [key.slice('temp:'.length), value]));
  }

  setTemp(values: Readonly<Record<string, JsonValue>>): void {
    for (const [key, value] of Object.entries(values)) this.state.set(`temp:${key}`, value);
  }

  /**
   * Stores the message, with the title of the conversation if it has none. A message that is
   * stored already brings back all that is stored of its turn. `already_exists` where the id
   * is that of another event, `conflict` where somebody else has appended meanwhile.
   */
  async begin(): Promise<TurnBeginning> {
    const { revision } = this.#session;
    if (!this.state.has('title')) this.state.set('title', shorten(this.#text, 60));
    const content = { role: 'user', parts: [{ text: this.#text }] };
    const message = { id: this.#id, author: 'user', content };
    const stored = await this.append(message).catch(async (error: unknown) => {
      // The first message, repeated: it was stored with the title, which is there by now.
      if (!isHoldfastError(error) || error.code !== 'already_exists') throw error;
      const before = await this.#find(this.#id);
      const said = before?.invocationId === this.#id ? before.content : undefined;
      if (before !== undefined && jsonEqual((said ?? null) as JsonValue, content)) return before;
      throw new HoldfastError('already_exists', {
        message: `the event id ${JSON.stringify(this.#id)} is that of another event`,
        key: this.#session.key,
        path: 'eventId',
        cause: error,
      });
    });
    if (stored.seq === revision + 1) return { events: [stored], isOver: false };

    const events = await this.#eventsSince(stored);
    for (const event of events) this.#session = this.#session.withEvent(event);
    this.#last = events.at(-1);
    const hasGoneOn = (this.#last?.seq ?? 0) < this.#session.revision;
    return { events, isOver: hasGoneOn || this.#last?.turnComplete === true };
  }

  /**
   * Appends an event with whatever was changed in the state since the last one.
   * `conflict`, and nothing is stored, where somebody else has appended meanwhile.
   */
  async append(event: EventInput): Promise<Event> {
    const { key, revision } = this.#session;
    const stored = await this.#tryAgain({
      ...key,
      // The id is given here, so that an append whose answer was lost can be repeated.
      event: {
        id: createUuidV7(),
        ...event,
        invocationId: this.#id,
        actions: this.#takeActions(),
      },
      // What somebody else wrote meanwhile has to be read before one can build on it.
      expectedRevision: revision,
      ...(this.#token !== undefined && { turn: this.#token }),
    }).catch((error: unknown) => {
      if (!isHoldfastError(error) || error.code !== 'conflict') throw error;
      // A message that is not stored may be sent as it is; one with half a turn may not.
      const advice = this.#last === undefined ? 'send it again' : 'ask again';
      throw new HoldfastError('conflict', {
        message: `somebody else has written into this conversation meanwhile: ${advice}`,
        key,
        cause: error,
      });
    });
    this.#session = this.#session.withEvent(stored);
    this.#last = stored;
    return stored;
  }

  /** Appends a piece of an answer: the service hands it back, and stores nothing. */
  async appendPartial(event: EventInput): Promise<Event> {
    const partial = { ...event, invocationId: this.#id, partial: true };
    return this.#service.appendEvent({ ...this.#session.key, event: partial });
  }

  /** Appends the last event of the turn. What was `temp:` has done its work, and goes. */
  async end(event: EventInput): Promise<Event> {
    for (const key of [...this.state.keys()].filter(isTempKey)) this.state.delete(key);
    return this.append({ ...event, turnComplete: true });
  }

  #takeActions(): EventActionsInput {
    const { stateDelta, removedStateKeys } = this.state.takeDelta();
    return { stateDelta, ...(removedStateKeys.length > 0 && { removedStateKeys }) };
  }

  async #tryAgain(request: Parameters<SessionService['appendEvent']>[0]): Promise<Event> {
    for (const delay of RETRY_DELAYS) {
      const began = performance.now();
      try {
        return await this.#service.appendEvent(request);
      } catch (error) {
        if (!isHoldfastError(error) || !error.retryable) throw error;
        if (performance.now() - began > QUICK_FAILURE) throw error;
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
    return this.#service.appendEvent(request);
  }

  /** The events of this turn, from its message on. Nobody else's stand between them. */
  async #eventsSince(message: Event): Promise<readonly Event[]> {
    const events = [message];
    const behind = { ...this.#session.key, afterSeq: message.seq };
    for await (const event of iterateEvents(this.#service, { ...behind, pageSize: 100 })) {
      if (event.invocationId !== this.#id) break;
      events.push(event);
    }
    return events;
  }

  async #find(id: string): Promise<Event | undefined> {
    const all = iterateEvents(this.#service, { ...this.#session.key, order: 'desc' });
    for await (const event of all) if (event.id === id) return event;
    return undefined;
  }
}
