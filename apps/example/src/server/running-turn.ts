import type { Event, JsonObject } from '@holdfast/core';
import type { AgentStep } from '../agent/agent.ts';
import type { SocketFrame } from '../api/wire.ts';
import { toWireError } from './wire-error.ts';

export type FrameListener = (frame: SocketFrame) => void;

export interface RunningTurnOptions {
  readonly eventId: string;
  readonly text: string;
  /** Does the work, and tells each step of it. The signal interrupts it. */
  readonly run: (signal: AbortSignal, onStep: (step: AgentStep) => void) => Promise<void>;
}

/**
 * A turn that runs in this process, whoever listens: it goes to its end when all have left.
 * Who comes late is told what there has been so far.
 */
export class RunningTurn {
  readonly eventId: string;
  readonly text: string;
  /** Settles when the message is stored; rejects where it never is. */
  readonly begun: Promise<void>;
  /** Settles when all is over. It does not reject. */
  readonly ended: Promise<void>;
  readonly #interruption = new AbortController();
  readonly #listeners = new Set<FrameListener>();
  readonly #events: Event[] = [];
  /** What is being said since the last event. */
  #partial: Event | undefined;
  #temp: JsonObject = {};
  #outcome: SocketFrame | undefined;

  constructor({ eventId, text, run }: RunningTurnOptions) {
    this.eventId = eventId;
    this.text = text;
    let ended: Promise<void> | undefined;
    this.begun = new Promise((resolve, reject) => {
      ended = this.#run(run, { resolve, reject });
    });
    this.begun.catch(() => {}); // whoever asks is told; nobody has to ask
    this.ended = ended ?? Promise.resolve();
  }

  /** The `temp:` values, keys without prefix. */
  get temp(): JsonObject {
    return this.#temp;
  }

  /** Whether the next message need only wait for the end. */
  get isEnding(): boolean {
    return this.#interruption.signal.aborted || this.#events.at(-1)?.turnComplete === true;
  }

  interrupt(): void {
    this.#interruption.abort(new DOMException('the answer was interrupted', 'AbortError'));
  }

  /** The events that are stored so far. */
  get events(): readonly Event[] {
    return this.#events;
  }

  /** How it ended: a `done` or an `error` frame; undefined while it runs. */
  get outcome(): SocketFrame | undefined {
    return this.#outcome;
  }

  /** Tells all that there has been, in short, and from then on all that comes. */
  listen(listener: FrameListener): () => void {
    for (const event of this.#events) listener({ type: 'event', event });
    if (this.#outcome !== undefined) {
      listener(this.#outcome);
      return () => {};
    }
    listener({ type: 'temp', temp: this.#temp });
    if (this.#partial !== undefined) listener({ type: 'partial', event: this.#partial });
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #run(
    run: RunningTurnOptions['run'],
    begun: { readonly resolve: () => void; readonly reject: (error: unknown) => void },
  ): Promise<void> {
    try {
      await run(this.#interruption.signal, (step) => {
        this.#take(step);
        begun.resolve();
      });
      this.#end({ type: 'done' });
    } catch (error) {
      begun.reject(error);
      this.#end({ type: 'error', error: toWireError(error) });
    }
  }

  #take(step: AgentStep): void {
    switch (step.kind) {
      case 'event':
        this.#events.push(step.event);
        this.#partial = undefined;
        this.#tell({ type: 'event', event: step.event });
        break;
      case 'partial':
        this.#partial = joinPartials(this.#partial, step.event);
        this.#tell({ type: 'partial', event: step.event });
        break;
      case 'temp':
        this.#temp = step.temp;
        this.#tell({ type: 'temp', temp: step.temp });
        break;
    }
  }

  #end(outcome: SocketFrame): void {
    this.#outcome = outcome;
    this.#tell(outcome);
    this.#listeners.clear();
  }

  #tell(frame: SocketFrame): void {
    for (const listener of [...this.#listeners]) listener(frame);
  }
}

/** One partial event with all the text of both. What a model only thinks is left out. */
function joinPartials(before: Event | undefined, next: Event): Event | undefined {
  const isThought = next.content?.parts?.every(({ thought }) => thought === true) ?? true;
  if (isThought) return before;
  const text = [before, next].map((event) => textOf(event)).join('');
  return { ...next, content: { role: 'model', parts: [{ text }] } };
}

function textOf(event: Event | undefined): string {
  return (event?.content?.parts ?? []).map(({ text = '' }) => text).join('');
}
