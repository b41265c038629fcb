import {
  type Content,
  createGenerateContentConfig,
  createRunConfig,
  type Event,
  type FunctionCall,
  type GenerateContentConfig,
  isHoldfastError,
  type JsonObject,
  type Part,
  type RunConfigInput,
  StreamingMode,
} from '@holdfast/core';
import type { Session, SessionService } from '@holdfast/session';
import type { State } from '@holdfast/state';
import type { Model } from './model.ts';
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
  /** The conversation, with all its events. */
  readonly session: Session;
  /** What the user says. */
  readonly message: string;
  readonly runConfig?: RunConfigInput;
  /** Interrupts the answer. What was said so far is stored as `interrupted`. */
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly text: string;
  readonly calls: readonly FunctionCall[];
  readonly error: string | undefined;
}

/** A model and its tools over a session service. It knows nothing of who shows its events. */
export class Agent {
  readonly name: string;
  readonly #service: SessionService;
  readonly #model: Model;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #config: GenerateContentConfig;

  constructor({ name, instruction, service, model, tools }: AgentOptions) {
    this.name = name;
    this.#service = service;
    this.#model = model;
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#config = createGenerateContentConfig({
      systemInstruction: instruction,
      tools: declareTools(tools),
    });
  }

  /**
   * Answers a message. Gives every event as the service gave it back: the user's message,
   * calls of tools, their responses, and the answer, whose event is `turnComplete`. Unless
   * the streaming mode is None, the text comes in partial events first. Whoever follows with
   * `session.withEvent(event)` has the session as it is stored. Fails as the service does.
   */
  async *run(request: RunRequest): AsyncGenerator<Event, void, undefined> {
    const { session, message, signal = new AbortController().signal } = request;
    const { streamingMode, maxLlmCalls } = createRunConfig(request.runConfig);
    const turn = new Turn(this.#service, session);
    yield await turn.append({
      author: 'user',
      content: { role: 'user', parts: [{ text: message }] },
    });

    for (let llmCalls = 1; ; llmCalls++) {
      if (maxLlmCalls > 0 && llmCalls > maxLlmCalls) {
        const errorMessage = `the limit of ${maxLlmCalls} model calls is reached`;
        yield await turn.end({ author: this.name, errorCode: 'MAX_LLM_CALLS', errorMessage });
        return;
      }
      const streams = streamingMode !== StreamingMode.None;
      const answer = yield* this.#ask(turn, { signal, streams });
      const { text, calls, error } = answer;
      if (signal.aborted) {
        yield await turn.end({ author: this.name, ...textOf(text), interrupted: true });
        return;
      }
      if (error !== undefined) {
        const failure = { errorCode: 'MODEL_ERROR', errorMessage: error };
        yield await turn.end({ author: this.name, ...textOf(text), ...failure });
        return;
      }
      if (calls.length === 0) {
        yield await turn.end({ author: this.name, ...textOf(text) });
        return;
      }
      turn.state.set(
        'temp:plan',
        calls.map(({ name = '' }) => name),
      );
      yield await turn.append({ author: this.name, content: contentOf(answer) });
      const parts = calls.map((call) => this.#callTool(call, turn.state));
      yield await turn.append({ author: this.name, content: { role: 'user', parts } });
    }
  }

  /** One call of the model. Partial events come out as they are made. */
  async *#ask(
    turn: Turn,
    { signal, streams }: { readonly signal: AbortSignal; readonly streams: boolean },
  ): AsyncGenerator<Event, Answer, undefined> {
    let text = '';
    let error: string | undefined;
    const calls: FunctionCall[] = [];
    try {
      const history = turn.session.conversationHistory;
      for await (const chunk of this.#model.generate({ history, config: this.#config, signal })) {
        if (signal.aborted) break;
        if (chunk.kind === 'call') {
          calls.push(chunk.call);
          continue;
        }
        text += chunk.text;
        if (streams) yield await turn.appendPartial({ author: this.name, ...textOf(chunk.text) });
      }
    } catch (cause) {
      if (isHoldfastError(cause)) throw cause;
      if (!signal.aborted) error = messageOf(cause);
    }
    return { text, calls, error };
  }

  #callTool(call: FunctionCall, state: State): Part {
    const { id, name = '', args = {} } = call;
    const plan = state.get('temp:plan');
    if (Array.isArray(plan)) state.set('temp:plan', plan.slice(1));
    return {
      functionResponse: {
        ...(id === undefined ? {} : { id }),
        name,
        response: this.#respond({ name, args, state }),
      },
    };
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
}

/** Nothing was said: then there is no content, rather than an empty one. */
function textOf(text: string): { readonly content?: Content } {
  return text === '' ? {} : { content: { role: 'model', parts: [{ text }] } };
}

function contentOf({ text, calls }: Answer): Content {
  const parts: Part[] = calls.map((functionCall) => ({ functionCall }));
  return { role: 'model', parts: text === '' ? parts : [{ text }, ...parts] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
