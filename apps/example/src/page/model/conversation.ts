import type { Event } from '@holdfast/core';
import type { SocketFrame } from '../../api/wire.ts';
import { AnswerProgress } from './answer-progress.ts';
import { api } from './api-client.ts';
import type { ConversationChange, PendingMessage } from './conversation-change.ts';
import { EventFeed } from './event-feed.ts';
import { EventLog } from './event-log.ts';
import { messageText } from './message-text.ts';
import { Outbox } from './outbox.ts';
import { RequestFailure, unreachable } from './request-failure.ts';
import { type Exchange, sendMessage } from './send-message.ts';
import { messageConfig, type Settings } from './settings.ts';

const RECENT = 50;

export interface ConversationOptions {
  /** Absent for a conversation that its first message will make. */
  readonly id?: string;
  readonly settings: () => Settings;
  readonly onChange: (change: ConversationChange) => void;
}

/** One conversation as the page has it open. It shows nothing: it tells what has changed. */
export class Conversation {
  readonly log = new EventLog();
  readonly outbox = new Outbox();
  readonly #settings: () => Settings;
  readonly #onChange: (change: ConversationChange) => void;
  readonly #closing = new AbortController();
  readonly #answer = new AnswerProgress();
  #id: string | undefined;
  #feed: EventFeed | undefined;
  #exchange: Exchange | undefined;
  #isOpening = false;
  #isVisible = true;

  constructor({ id, settings, onChange }: ConversationOptions) {
    this.#id = id;
    this.#settings = settings;
    this.#onChange = onChange;
  }

  get id(): string | undefined {
    return this.#id;
  }

  /** Whether what is stored of it is here. */
  get isLoaded(): boolean {
    return this.#feed !== undefined || this.isSending;
  }

  /** What the agent has said so far of an answer that is not stored yet. */
  get streaming(): string {
    return this.#answer.text;
  }

  /** Whether an answer is on its way, asked for here or elsewhere. */
  get isAnswering(): boolean {
    return this.#answer.isOn;
  }

  /** Whether this page waits for an answer that it has asked for. */
  get isSending(): boolean {
    return this.#answer.isSending;
  }

  get isStopping(): boolean {
    return this.#answer.isStopping;
  }

  /** The last message, where it was stored and nobody answers it. */
  get unanswered(): PendingMessage | undefined {
    return this.isAnswering ? undefined : this.log.unanswered;
  }

  /**
   * Reads the conversation, and follows it from then on. Fails as the request does. Does
   * nothing where it is being read.
   */
  async open(): Promise<void> {
    if (this.#id === undefined || this.#isOpening) return;
    this.#isOpening = true;
    try {
      const view = await api.openSession(this.#id, RECENT);
      if (this.#closing.signal.aborted) return;
      this.log.load(view.events);
      if (view.answering) this.#answer.follow();
      this.#onChange({ kind: 'loaded', view });
      this.#follow(this.#id);
    } finally {
      this.#isOpening = false;
    }
  }

  /**
   * Says something. While an answer is on its way, the mode `bidi` interrupts it first; in any
   * other mode nothing happens, and this gives false.
   */
  send(text: string): boolean {
    if (!this.isAnswering) {
      void this.#run(this.outbox.add(text));
      return true;
    }
    if (this.#settings().mode !== 'bidi') return false;
    this.outbox.addLater(text);
    this.interrupt();
    this.#changed();
    return true;
  }

  /** Sends the last message again, with its id: if it was answered after all, that answer comes. */
  retry(): void {
    const message = this.outbox.pending ?? this.log.lastMessage;
    if (this.isAnswering || message === undefined) return;
    void this.#run(message);
  }

  /** Asks the agent to stop. */
  interrupt(): void {
    if (!this.#answer.stop()) return;
    if (this.#exchange !== undefined) this.#exchange.interrupt();
    else if (this.#id !== undefined) void api.interrupt(this.#id).catch(() => {});
    this.#changed();
  }

  /** Reads the page of events before those that are here. */
  async loadEarlier(): Promise<void> {
    if (this.#id === undefined) return;
    const { events } = await api.listEvents(this.#id, {
      beforeSeq: this.log.firstSeq,
      limit: RECENT,
    });
    if (this.#closing.signal.aborted) return;
    const earlier = this.log.prepend(events.toReversed());
    this.#onChange({ kind: 'earlier', events: earlier });
  }

  /** What a poll says about whether an agent answers. */
  setPolledAnswering(isAnswering: boolean): void {
    if (this.isSending || this.#answer.isFollowing === isAnswering) return;
    if (isAnswering) this.#answer.follow();
    else this.#endAnswer();
    this.#changed();
  }

  /** A window that nobody sees follows nothing, so that it takes no connection from others. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible && !this.isSending) this.#feed?.start();
    if (!isVisible) this.#feed?.stop();
  }

  /** Leaves the conversation. An answer goes on without, and is stored. */
  close(): void {
    this.#closing.abort();
    this.#feed?.stop();
  }

  async #run(message: PendingMessage): Promise<void> {
    const { signal } = this.#closing;
    this.#answer.send();
    this.outbox.problem = undefined;
    // One source at a time: the answer comes with the request, and again from the feed.
    this.#feed?.stop();
    this.#changed();
    try {
      const sessionId = this.#id ?? (await this.#create());
      const settings = this.#settings();
      const config = messageConfig(settings);
      const { mode } = settings;
      this.#exchange = sendMessage({ ...message, sessionId, mode, config, signal });
      for await (const frame of this.#exchange.frames) {
        if (signal.aborted) return;
        this.#take(frame);
      }
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof RequestFailure ? error : unreachable(error);
      if (problem.unreachable) this.#onChange({ kind: 'lost', error: problem });
      this.outbox.problem = problem;
      if (this.outbox.dropRefused()) this.#onChange({ kind: 'returned', text: message.text });
    } finally {
      this.#exchange = undefined;
      this.#endAnswer();
      if (!signal.aborted) {
        if (this.#id !== undefined) this.#follow(this.#id);
        this.#changed();
      }
    }
  }

  async #create(): Promise<string> {
    const session = await api.createSession();
    if (this.#closing.signal.aborted) throw new Error('the conversation was left');
    this.#id = session.id;
    this.#onChange({ kind: 'created', session });
    return session.id;
  }

  #follow(id: string): void {
    this.#feed ??= new EventFeed(id, {
      after: () => this.log.lastSeq,
      connected: () => {
        this.#answer.text = '';
        this.#onChange({ kind: 'connected' });
      },
      frame: (frame) => this.#takeFollowed(frame),
      lost: (error) => {
        // Whatever was half said may never be stored.
        this.#endAnswer();
        this.#changed();
        this.#onChange({ kind: 'lost', error });
      },
      gone: () => this.#onChange({ kind: 'gone' }),
    });
    if (this.#isVisible) this.#feed.start();
  }

  #takeFollowed(frame: SocketFrame): void {
    switch (frame.type) {
      case 'partial':
        this.#answer.follow();
        break;
      case 'temp':
        break;
      case 'done':
        this.#endAnswer();
        this.#changed();
        break;
      case 'error':
        this.outbox.problem = new RequestFailure(frame.error);
        this.#endAnswer();
        this.#changed();
        break;
      case 'event':
        if (frame.event.turnComplete === true) this.#endAnswer();
    }
    this.#take(frame);
  }

  #take(frame: SocketFrame): void {
    switch (frame.type) {
      case 'partial':
        this.#answer.text += messageText(frame.event);
        this.#changed();
        break;
      case 'event':
        this.#store(frame.event);
        break;
      case 'temp':
        // Empty, it is the end of a turn, and that is told by `done`.
        if (Object.keys(frame.temp).length === 0) break;
        this.#onChange({ kind: 'temp', temp: frame.temp });
        break;
      case 'done':
      case 'error':
    }
  }

  #store(event: Event): void {
    if (!this.log.append(event)) return;
    if (event.author !== 'user') this.#answer.text = '';
    this.outbox.stored(event.id);
    this.#onChange({ kind: 'added', event });
  }

  #endAnswer(): void {
    this.#answer.end();
    this.#onChange({ kind: 'temp', temp: null });
    // When what came last is stored.
    if (this.outbox.next !== undefined) queueMicrotask(() => this.#sendNext());
  }

  #sendNext(): void {
    if (this.isAnswering || this.#closing.signal.aborted) return;
    const text = this.outbox.takeNext();
    if (text === undefined) return;
    // Behind a message that may not be stored, nothing is sent.
    if (this.outbox.pending === undefined) this.send(text);
    else this.#onChange({ kind: 'returned', text });
  }

  #changed(): void {
    this.#onChange({ kind: 'activity' });
  }
}
