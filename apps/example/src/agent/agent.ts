import {
  type Content,
  createGenerateContentConfig,
  createRunConfig,
  createUuidV7,
  type Event,
  type FunctionCall,
  type GenerateContentConfig,
  type GenerateContentConfigInput,
  isHoldfastError,
  type JsonObject,
  type Part,
  type RunConfigInput,
  StreamingMode,
} from '@holdfast/core';
import { toContents } from '@holdfast/history';
import type { Session, SessionService } from '@holdfast/session';
import type { State } from '@holdfast/state';
import { Answer } from './answer.ts';
import type { Model } from './model.ts';
import { ModelError } from './model-error.ts';
import { declareTools, type Tool } from './tool.ts';
import { Turn } from './turn.ts';

export interface AgentOptions {
  /** The author of the agent's events. */
  readonly name: string;
  readonly instruction: string;
  readonly service: SessionService;
  readonly model: Model;
  readonly tools: readonly Tool[];
}

export interface RunRequest {
  /** The conversation, with the events that the model is to know: the last ones, or all. */
  readonly session: Session;
  /** What the user says. */
  readonly message: string;
  /** The id of the user's event; a new one where it is missing. */
  readonly eventId?: string | undefined;
  readonly runConfig?: RunConfigInput;
  /** What the user asks of the model. The instruction and the tools are the agent's. */
  readonly config?: GenerateContentConfigInput;
  /** What the conversation is held for, as `takeTurn` gives it. @default it is not held */
  readonly token?: string | undefined;
  /** Interrupts the answer. What was said so far is stored as `interrupted`. */
  readonly signal?: AbortSignal;
}

/** What comes out of a run: what was stored, what is being said, what the agent works with. */
export type AgentStep =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'partial'; readonly event: Event }
  | { readonly kind: 'temp'; readonly temp: JsonObject };

type Steps<Result> = AsyncGenerator<AgentStep, Result, undefined>;

/** What a run hands down to its parts. */
interface Run {
  readonly turn: Turn;
  readonly config: GenerateContentConfig;
  readonly streams: boolean;
  readonly signal: AbortSignal;
}

/** A model and its tools over a session service. It knows nothing of who shows its events. */
export class Agent {
  readonly name: string;
  readonly #options: AgentOptions;
  readonly #tools: ReadonlyMap<string, Tool>;

  constructor(options: AgentOptions) {
    this.name = options.name;
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  /**
   * Answers a message. Gives every event as the service gave it back: the user's message,
   * calls of tools, their responses, and the answer, whose event is `turnComplete`. Unless
   * the streaming mode is None, the text comes in partial events first. Fails as the
   * service does; what goes wrong in a model or a tool is a part of the conversation.
   *
   * The id of a message that is stored already: all that is stored of its turn comes first.
   * A turn that was cut off, with nothing said since, goes on from there; any other is over.
   */
  async *run(request: RunRequest): Steps<void> {
    const { session, message, eventId = createUuidV7(), token } = request;
    const { streamingMode, maxLlmCalls } = createRunConfig(request.runConfig);
    const turn = new Turn({
      service: this.#options.service,
      session,
      text: message,
      eventId,
      token,
    });
    const run: Run = {
      turn,
      config: this.#configFor(request),
      streams: streamingMode !== StreamingMode.None,
      signal: request.signal ?? new AbortController().signal,
    };
    const { events, isOver } = await turn.begin();
    for (const event of events) yield { kind: 'event', event };
    if (isOver) return;

    for (let llmCalls = 0; ; ) {
      if (turn.calls.length > 0) {
        yield* this.#callTools(run, turn.calls);
        continue;
      }
      llmCalls += 1;
      if (maxLlmCalls > 0 && llmCalls > maxLlmCalls) {
        const errorMessage = `the limit of ${maxLlmCalls} model calls is reached`;
        yield* this.#end(run, { errorCode: 'MAX_LLM_CALLS', errorMessage });
        return;
      }
      if (yield* this.#answer(run)) return;
    }
  }

  #configFor({ config = {}, signal }: RunRequest): GenerateContentConfig {
    return createGenerateContentConfig({
      ...config,
      systemInstruction: this.#options.instruction,
      tools: declareTools(this.#options.tools),
      abortSignal: signal,
    });
  }

  /** One call of the model, and what comes of it. Whether the turn is over. */
  async *#answer(run: Run): Steps<boolean> {
    const { turn, signal } = run;
    turn.setTemp({ plan: [], step: 'asking the model' });
    yield { kind: 'temp', temp: turn.temp };
    const answer = new Answer();
    const error = yield* this.#listen(run, answer);
    const { finishReason, usageMetadata, modelVersion } = answer.end;
    const said = {
      content: answer.contentWithoutCalls,
      finishReason,
      usageMetadata,
      modelVersion,
    };
    if (signal.aborted) {
      yield* this.#end(run, { ...said, interrupted: true });
      return true;
    }
    if (error !== undefined) {
      const errorCode = error instanceof ModelError ? error.code : 'MODEL_ERROR';
      yield* this.#end(run, { ...said, errorCode, errorMessage: messageOf(error) });
      return true;
    }
    if (answer.calls.length === 0) {
      yield* this.#end(run, said);
      return true;
    }
    const event = await turn.append({ ...said, author: this.name, content: answer.content });
    yield { kind: 'event', event };
    return false;
  }

  /** Hears the model out. Gives what it threw, if it threw. */
  async *#listen({ turn, config, streams, signal }: Run, answer: Answer): Steps<unknown> {
    const history = toContents(turn.session);
    let isAnswering = false;
    try {
      const chunks = this.#options.model.generate({ history, config, streams, signal });
      for await (const chunk of chunks) {
        if (signal.aborted) break;
        answer.add(chunk);
        if (chunk.kind === 'end') continue;
        const { part } = chunk;
        if (part.functionCall !== undefined) {
          turn.setTemp({ plan: answer.calls.map(({ name = '' }) => name) });
          yield { kind: 'temp', temp: turn.temp };
        } else if (part.text !== undefined && part.text !== '') {
          if (!isAnswering) {
            isAnswering = true;
            turn.setTemp({ step: 'answering' });
            yield { kind: 'temp', temp: turn.temp };
          }
          if (!streams) continue;
          const content: Content = { role: 'model', parts: [part] };
          const event = await turn.appendPartial({ author: this.name, content });
          yield { kind: 'partial', event };
        }
      }
      return undefined;
    } catch (cause) {
      if (isHoldfastError(cause)) throw cause;
      return cause;
    }
  }

  /** Calls tools one after the other, and appends their responses, with what they changed. */
  async *#callTools({ turn }: Run, calls: readonly FunctionCall[]): Steps<void> {
    const parts: Part[] = [];
    for (const [i, call] of calls.entries()) {
      const { id, name = '', args = {} } = call;
      // The tools that are still to be called. They read and write the same state.
      const plan = calls.slice(i + 1).map((later) => later.name ?? '');
      turn.setTemp({ plan, step: `calling ${name}` });
      yield { kind: 'temp', temp: turn.temp };
      const response = this.#respond({ name, args, state: turn.state });
      parts.push({ functionResponse: { ...(id !== undefined && { id }), name, response } });
    }
    const content = { role: 'user', parts };
    yield { kind: 'event', event: await turn.append({ author: this.name, content }) };
  }

  #respond(call: {
    readonly name: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly state: State;
  }): JsonObject {
    const tool = this.#tools.get(call.name);
    if (tool === undefined) return { error: `there is no tool ${call.name}` };
    try {
      return tool.run(call);
    } catch (error) {
      return { error: messageOf(error) };
    }
  }

  /** The last event of a turn. It says which model answered, and with which settings. */
  async *#end({ turn, config }: Run, event: Parameters<Turn['end']>[0]): Steps<void> {
    const { systemInstruction: _, tools: __, abortSignal: ___, ...settings } = config;
    const customMetadata = { model: this.#options.model.name, config: settings };
    const stored = await turn.end({ ...event, author: this.name, customMetadata });
    yield { kind: 'temp', temp: turn.temp };
    yield { kind: 'event', event: stored };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
