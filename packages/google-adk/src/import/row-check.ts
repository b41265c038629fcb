import { type EventInput, isHoldfastError, type SessionKey } from '@holdfast/core';
import { MAX_JSON_BYTES, setOwn } from '@holdfast/core/internal';
import type { SessionService } from '@holdfast/session';
import { prepareAppendEvent } from '@holdfast/session/store';
import { STATE_PREFIXES } from '@holdfast/state';
import type { Problem } from './refused-row.ts';
import { chunksOf, type StateEntry } from './state-chunks.ts';

/** Asks what keeps rows from being written, and writes nothing. */
export class RowCheck {
  readonly #service: SessionService | undefined;

  /** Without a service, nobody is asked for limits of its own. */
  constructor(service: SessionService | undefined) {
    this.#service = service;
  }

  /** Why the service would refuse an event; undefined if it takes it. */
  async eventProblem(key: SessionKey, event: EventInput): Promise<Problem | undefined> {
    try {
      prepareAppendEvent({ ...key, event }, { maxEventBytes: MAX_JSON_BYTES, now: () => 0 });
      // Limits of the service's own. A partial event is checked, but neither looked up nor stored.
      await this.#service?.appendEvent({ ...key, event: { ...event, partial: true } });
      return undefined;
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      const { code, path = '', message } = error;
      if (code !== 'invalid_argument' && code !== 'too_large') throw error;
      const reason = message.startsWith(`${path} `) ? message.slice(path.length + 1) : message;
      return { code, path, reason };
    }
  }

  /** Why the service would refuse a state of the scope; undefined if it takes it. */
  async stateProblem({ key, scope, entries }: StateToCheck): Promise<Problem | undefined> {
    const prefix = scope === 'session' ? '' : STATE_PREFIXES[scope];
    for (const chunk of chunksOf(entries)) {
      const problem = await this.#chunkProblem(key, { prefix, chunk });
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  async #chunkProblem(key: SessionKey, part: PartOfState): Promise<Problem | undefined> {
    const { prefix, chunk } = part;
    const stateDelta = {};
    for (const [name, value] of chunk) setOwn(stateDelta, prefix + name, value);
    const event = { id: 'state', timestamp: 0, actions: { stateDelta } };
    const problem = await this.eventProblem(key, event);
    if (problem === undefined) return undefined;
    if (problem.code !== 'too_large' || chunk.length < 2) return withStatePath(problem, part);
    // The service has a lower limit. Each value may be within it.
    for (const entry of chunk) {
      const its = await this.#chunkProblem(key, { prefix, chunk: [entry] });
      if (its !== undefined) return its;
    }
    return undefined;
  }
}

interface StateToCheck {
  /** Of the session, or of one that the user could have. */
  readonly key: SessionKey;
  readonly scope: 'session' | 'user' | 'app';
  /** Keys without the prefix of the scope. */
  readonly entries: readonly StateEntry[];
}

const deltaKey = /^actions\.stateDelta\[("(?:[^"\\]|\\.)*")\]/;

/** The state key that a path of an event lies in; undefined if it lies in none. */
export function keyOfDeltaPath(path: string): string | undefined {
  const [, quoted] = deltaKey.exec(path) ?? [];
  return quoted === undefined ? undefined : (JSON.parse(quoted) as string);
}

/** Entries of a state, and the prefix of their scope. */
interface PartOfState {
  readonly prefix: string;
  readonly chunk: readonly StateEntry[];
}

/** The path in the state rather than in the event that was made to check it. */
function withStatePath(problem: Problem, { prefix, chunk }: PartOfState): Problem {
  const key = keyOfDeltaPath(problem.path);
  // One that is too large is alone, and may not be named.
  const name = key === undefined ? (chunk[0]?.[0] ?? '') : key.slice(prefix.length);
  const rest = key === undefined ? '' : problem.path.replace(deltaKey, '');
  return { ...problem, path: `${statePath(name)}${rest}` };
}

/** Where a key stands in a column `state`. */
export function statePath(name: string): string {
  return `state[${JSON.stringify(name)}]`;
}

const stateKey = /^state\[("(?:[^"\\]|\\.)*")\]/;

/** The name in a `statePath`; undefined if `path` is none. */
export function keyOfStatePath(path: string): string | undefined {
  const [, quoted] = stateKey.exec(path) ?? [];
  return quoted === undefined ? undefined : (JSON.parse(quoted) as string);
}
