import { setMaxListeners } from 'node:events';
import {
  createUuidV7,
  type GenerateContentConfig,
  HoldfastError,
  isHoldfastError,
  type SessionKey,
  type StreamingMode,
} from '@holdfast/core';
import { type SessionService, takeTurn } from '@holdfast/session';
import type { Agent, AgentStep } from '../agent/agent.ts';
import { Bound } from './bound.ts';
import { Interruptions } from './interruptions.ts';
import { readEvents } from './read-events.ts';
import { type FrameListener, RunningTurn } from './running-turn.ts';
import { conversationNotFound } from './wire-error.ts';

/** How many of the last events a model is told: what a message costs does not grow with its past. */
const KNOWN_EVENTS = 200;

/** A conversation whose process has died is free again after so many ms. */
const TURN_TTL = 5_000;

/** How long a message waits for a turn of another process to end, in ms: longer than for a dead one. */
const TURN_PATIENCE = 8_000;

export interface TurnHubOptions {
  readonly service: SessionService;
  readonly agent: Agent;
}

export interface TurnRequest {
  readonly key: SessionKey;
  readonly text: string;
  readonly eventId?: string | undefined;
  readonly streamingMode: StreamingMode;
  readonly config: GenerateContentConfig;
}

interface Working {
  readonly signal: AbortSignal;
  readonly onStep: (step: AgentStep) => void;
}

/** The turns that run in this process: one at a time in a conversation, each with any listeners. */
export class TurnHub {
  readonly #service: SessionService;
  readonly #agent: Agent;
  readonly #interruptions: Interruptions;
  readonly #turns = new Map<string, RunningTurn>();
  readonly #followers = new Map<string, Set<FrameListener>>();
  readonly #closing = new AbortController();
  // An answer goes on when nobody listens any more.
  readonly #bound = new Bound({ what: 'answers', perUser: 24, inAll: 256 });

  constructor({ service, agent }: TurnHubOptions) {
    setMaxListeners(0, this.#closing.signal); // each open stream listens
    this.#service = service;
    this.#agent = agent;
    this.#interruptions = new Interruptions(service);
  }

  /** Aborted when the hub closes: then streams end, too. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Begins a turn, and gives it when its message is stored. The message of a turn that runs
   * gives that turn; one of an earlier turn brings what is stored of it, or its rest where it
   * was cut off. `conflict` while another turn runs in the conversation, unless that one was
   * interrupted: then it is waited for. `not_found` where there is no conversation.
   * `TooManyRequests` if too many are answered already.
   *
   * A turn that runs in another process over the same store holds the conversation, too: its end is
   * waited for, and if it takes too long, that is a `conflict` as well, and nothing is stored. One
   * whose process has died is waited for until it is free. The message of a turn that runs elsewhere
   * waits in the same way, and then brings what is stored of it.
   */
  async start(request: TurnRequest): Promise<RunningTurn> {
    const id = idOf(request.key);
    for (;;) {
      if (this.closing.aborted) throw new HoldfastError('closed', { message: 'the server ends' });
      const running = this.#turns.get(id);
      if (running === undefined) break;
      if (running.eventId === request.eventId) return sameTurn(running, request);
      if (!running.isEnding) throw turnRuns(request.key);
      await running.ended;
    }
    const { text, eventId = createUuidV7() } = request;
    const leave = this.#bound.enter(request.key.userId);
    const turn = new RunningTurn({
      eventId,
      text,
      run: (signal, onStep) => this.#run({ ...request, eventId }, { signal, onStep }),
    });
    this.#turns.set(id, turn);
    turn.listen((frame) => {
      const isOver = frame.type === 'done' || frame.type === 'error';
      if (isOver) {
        this.#turns.delete(id);
        leave();
      }
      // Of a message that was refused only its sender is told.
      if (isOver && turn.events.length === 0) return;
      for (const follower of [...(this.#followers.get(id) ?? [])]) follower(frame);
    });
    await turn.begun;
    return turn;
  }

  /** The turn that runs in a conversation; undefined where none does. */
  running(key: SessionKey): RunningTurn | undefined {
    return this.#turns.get(idOf(key));
  }

  /**
   * Interrupts the turn of a conversation. One that runs in another process over the same store
   * hears of it a little later. False if there is no conversation.
   */
  async interrupt(key: SessionKey): Promise<boolean> {
    const turn = this.running(key);
    if (turn === undefined) return await this.#interruptions.mark(key);
    turn.interrupt();
    return true;
  }

  /** Tells of all turns of a conversation, the one that runs and those to come. */
  follow(key: SessionKey, listener: FrameListener): () => void {
    const id = idOf(key);
    const followers = this.#followers.get(id) ?? new Set();
    this.#followers.set(id, followers.add(listener));
    // Heard once: what comes later comes through the hub.
    this.#turns.get(id)?.listen(listener)();
    return () => {
      followers.delete(listener);
      if (followers.size === 0 && this.#followers.get(id) === followers) this.#followers.delete(id);
    };
  }

  /** Interrupts every turn, and waits until what was said is stored. */
  async close(): Promise<void> {
    this.#closing.abort();
    const turns = [...this.#turns.values()];
    for (const turn of turns) turn.interrupt();
    await Promise.all(turns.map(({ ended }) => ended));
  }

  async #run(
    request: TurnRequest & { readonly eventId: string },
    { signal, onStep }: Working,
  ): Promise<void> {
    const { key } = request;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(TURN_PATIENCE)]);
    let isHeld = false;
    try {
      await takeTurn(this.#service, { ...key, ttl: TURN_TTL, signal: patience }, async (turn) => {
        isHeld = true;
        const working = { signal: AbortSignal.any([signal, turn.signal]), onStep };
        await this.#answer({ ...request, token: turn.token }, working);
      });
    } catch (error) {
      if (isHeld) throw error;
      if (isHoldfastError(error, 'not_found')) throw conversationNotFound(key);
      throw error === patience.reason ? turnRuns(key) : error;
    }
  }

  async #answer(
    {
      key,
      text,
      eventId,
      token,
      streamingMode,
      config,
    }: TurnRequest & { readonly eventId: string; readonly token: string },
    { signal, onStep }: Working,
  ): Promise<void> {
    // No more of them than one answer may have: a few large ones fill a model's memory, too.
    const known = { key, limit: KNOWN_EVENTS, order: 'desc' } as const;
    const [{ events }, unwatch] = await Promise.all([
      readEvents(this.#service, known),
      this.#interruptions.watch({ key, turnId: eventId }, () => this.running(key)?.interrupt()),
    ]);
    try {
      // From a message on, if there is one: a model is given no answer without its question.
      const begin = events.findLastIndex(({ author }) => author === 'user');
      const numRecentEvents = begin < 0 ? events.length : begin + 1;
      const session = await this.#service.get({ ...key, numRecentEvents });
      if (session === undefined) throw conversationNotFound(key);
      const request = { session, message: text, eventId, token, config, signal };
      const steps = this.#agent.run({ ...request, runConfig: { streamingMode } });
      for await (const step of steps) onStep(step);
    } finally {
      unwatch();
    }
  }
}

async function sameTurn(running: RunningTurn, { text, key }: TurnRequest): Promise<RunningTurn> {
  if (running.text !== text) {
    const message = 'this event id is that of another message, which is being answered';
    throw new HoldfastError('already_exists', { message, key, path: 'eventId' });
  }
  await running.begun;
  return running;
}

function turnRuns(key: SessionKey): HoldfastError {
  const message = 'another message of this conversation is being answered';
  return new HoldfastError('conflict', { message, key });
}

function idOf({ appName, userId, sessionId }: SessionKey): string {
  return JSON.stringify([appName, userId, sessionId]);
}
