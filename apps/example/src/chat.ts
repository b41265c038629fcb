import {
  checkIdentifier,
  type Event,
  isHoldfastError,
  parseStreamingMode,
  StreamingMode,
  streamingModeName,
} from '@holdfast/core';
import { iterateEvents, type Session, type SessionService } from '@holdfast/session';
import { State } from '@holdfast/state';
import type { Agent } from './agent.ts';
import { type Command, commandHelp, parseCommand, parseNumber } from './command.ts';
import { listConversations } from './conversation-list.ts';
import { describeEvent, describeState, describeSummary, shorten, textOfEvent } from './describe.ts';

export interface ChatOptions {
  readonly service: SessionService;
  readonly agent: Agent;
  readonly appName: string;
  readonly userId: string;
}

/** What a chat gives back for a line: something to show, an event of the agent, or the end. */
export type ChatOutput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'quit' };

export interface ChatLine {
  readonly line: string;
  /** Interrupts the answer. */
  readonly signal?: AbortSignal | undefined;
}

const SHOWN_ON_RESUME = 6;

/**
 * A person's walk over a session service: conversations are begun, resumed and deleted,
 * and what is said goes to the agent. It reads and writes nothing but the service. A
 * conversation is created with the first thing said in it. One line at a time.
 */
export class Chat {
  readonly #service: SessionService;
  readonly #agent: Agent;
  readonly #appName: string;
  #userId: string;
  #session: Session | undefined;
  #streamingMode: StreamingMode = StreamingMode.SSE;
  /** The ids behind the numbers that the user saw last. */
  #listed: readonly string[] | undefined;

  constructor({ service, agent, appName, userId }: ChatOptions) {
    this.#service = service;
    this.#agent = agent;
    this.#appName = appName;
    this.#userId = checkIdentifier(userId, 'userId');
  }

  get userId(): string {
    return this.#userId;
  }

  /** The conversation as it is stored; undefined until something was said in it. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Does what a line asks for. What goes wrong in the service is shown as its message. */
  async *send({ line, signal }: ChatLine): AsyncGenerator<ChatOutput, void, undefined> {
    if (line.trim() === '') return;
    const command = parseCommand(line);
    try {
      if (command === undefined) yield* this.#say(line.trim(), signal);
      else if (command.name === 'quit' || command.name === 'exit') yield { kind: 'quit' };
      else yield { kind: 'text', text: await this.#do(command) };
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      yield { kind: 'text', text: `That did not work: ${error.message}.` };
    }
  }

  async *#say(message: string, signal?: AbortSignal): AsyncGenerator<ChatOutput, void, undefined> {
    const session = this.#session ?? (await this.#begin(message));
    this.#session = session;
    const runConfig = { streamingMode: this.#streamingMode };
    const run = this.#agent.run({ session, message, runConfig, ...(signal && { signal }) });
    try {
      for await (const event of run) {
        this.#session = this.#session.withEvent(event);
        yield { kind: 'event', event };
      }
    } catch (error) {
      // What is stored may not be what was followed: look again.
      this.#session = await this.#service.get(session.key);
      if (!isHoldfastError(error) || error.code !== 'conflict') throw error;
      yield {
        kind: 'text',
        text: 'Somebody else went on with this conversation. Please say it again.',
      };
    }
  }

  #begin(message: string): Promise<Session> {
    const [appName, userId] = [this.#appName, this.#userId];
    return this.#service.create({ appName, userId, state: { title: shorten(message, 40) } });
  }

  async #do({ name, argument }: Command): Promise<string> {
    switch (name) {
      case 'new':
        this.#session = undefined;
        return 'A new conversation. Say something.';
      case 'list':
        return this.#list();
      case 'resume':
        return this.#resume(argument);
      case 'delete':
        return this.#delete(argument);
      case 'user':
        return this.#become(argument);
      case 'state':
        return `State of ${this.#userId}'s conversation:\n${describeState(await this.#state())}`;
      case 'events':
        return this.#events();
      case 'mode':
        return this.#mode(argument);
      case 'help':
        return commandHelp.map(([usage, what]) => `  ${usage.padEnd(20)} ${what}`).join('\n');
      default:
        return `There is no /${shorten(name, 20)}. Type /help to see what there is.`;
    }
  }

  async #list(): Promise<string> {
    const summaries = await listConversations(this.#service, {
      appName: this.#appName,
      userId: this.#userId,
    });
    this.#listed = summaries.map(({ id }) => id);
    if (summaries.length === 0) return `${this.#userId} has no conversations yet.`;
    const lines = summaries.map((summary, i) => {
      const here = summary.id === this.#session?.id ? '  ← here' : '';
      return `${`${i + 1}`.padStart(4)}  ${describeSummary(summary)}${here}`;
    });
    return [`Conversations of ${this.#userId}:`, ...lines].join('\n');
  }

  async #resume(argument: string): Promise<string> {
    const number = parseNumber(argument);
    const sessionId = await this.#listedId(number);
    if (sessionId === undefined) return this.#whichNumber('resume', number);
    const found = await this.#service.get(this.#keyOf(sessionId));
    if (found === undefined) return `Conversation ${number} is gone. /list shows what is left.`;
    this.#session = found;
    const said = found.events.filter((event) => textOfEvent(event) !== '');
    const shown = said.slice(-SHOWN_ON_RESUME).map((event) => {
      return `  ${(event.author ?? '').padEnd(9)} ${shorten(textOfEvent(event), 100)}`;
    });
    const earlier = said.length > shown.length ? ['  …'] : [];
    const title = JSON.stringify(found.state.get('title') ?? 'untitled');
    return [`Back in ${title}:`, ...earlier, ...shown].join('\n');
  }

  async #delete(argument: string): Promise<string> {
    const number = parseNumber(argument);
    const sessionId = await this.#listedId(number);
    if (sessionId === undefined) return this.#whichNumber('delete', number);
    const deleted = await this.#service.delete(this.#keyOf(sessionId));
    if (!deleted) return `Conversation ${number} is gone already.`;
    if (this.#session?.id === sessionId) {
      this.#session = undefined;
      return `Conversation ${number} is deleted. You were in it: the next thing you say begins a new one.`;
    }
    return `Conversation ${number} is deleted.`;
  }

  #become(argument: string): string {
    if (argument === '') return `You are ${this.#userId}. To be another user: /user NAME`;
    this.#userId = checkIdentifier(argument, 'the name');
    this.#session = undefined;
    this.#listed = undefined;
    return `You are ${this.#userId} now, in a new conversation. /list shows the ones before.`;
  }

  /** Before a conversation there are its user's state and its app's already. */
  async #state(): Promise<State> {
    if (this.#session !== undefined) return this.#session.state;
    const appName = this.#appName;
    const user = await this.#service.getState({ scope: 'user', appName, userId: this.#userId });
    const app = await this.#service.getState({ scope: 'app', appName });
    return State.fromStored({
      session: new Map(),
      user: new Map(Object.entries(user)),
      app: new Map(Object.entries(app)),
    });
  }

  async #events(): Promise<string> {
    if (this.#session === undefined) return 'Nothing is stored yet. Say something.';
    const lines: string[] = [];
    for await (const event of iterateEvents(this.#service, this.#session.key)) {
      lines.push(describeEvent(event));
    }
    return [`Stored events of this conversation:`, ...lines].join('\n');
  }

  #mode(argument: string): string {
    if (argument !== '') this.#streamingMode = parseStreamingMode(argument);
    const mode = streamingModeName(this.#streamingMode);
    return argument === ''
      ? `The streaming mode is ${mode}. To change it: /mode none|sse|bidi`
      : `The streaming mode is ${mode} now.`;
  }

  /** The id behind a number. The user who has seen no list means the one that /list would show. */
  async #listedId(number: number | undefined): Promise<string | undefined> {
    if (number === undefined) return undefined;
    if (this.#listed === undefined) await this.#list();
    return this.#listed?.[number - 1];
  }

  #whichNumber(command: string, number: number | undefined): string {
    return number === undefined
      ? `Which one? Type /${command} and its number in /list.`
      : `There is no conversation ${number}. /list shows them with their numbers.`;
  }

  #keyOf(sessionId: string) {
    return { appName: this.#appName, userId: this.#userId, sessionId };
  }
}
