import {
  HoldfastError,
  type HoldfastErrorCode,
  isHoldfastError,
  type SessionKey,
  type SessionService,
  type SessionServiceWrapper,
  wrapSessionService,
} from '@holdfast/session';
import { StoredSessionService } from '@holdfast/session/store';
import type { ConformanceOptions } from '../conformance-options.ts';
import { MinimalStore } from './minimal-store.ts';

/** A service with one fault. */
export interface BrokenService {
  /** What it does wrong. */
  readonly fault: string;
  /**
   * The title of the case that is about it, which has to fail. Others may fail as well. Undefined
   * if no case is known to find it: it counts as not found.
   */
  readonly failsAt: string | undefined;
  readonly create: () => SessionService;
  /** In ms: given if the case waits for what never comes. @default 10 s */
  readonly caseTimeout?: number;
  /** Needed by a case about two instances, or about what is left when the service is closed. */
  readonly reopen?: NonNullable<ConformanceOptions['reopen']>;
  /** Needed by a case about another process. */
  readonly startProcess?: NonNullable<ConformanceOptions['startProcess']>;
}

/** A service over a store with a fault. */
export function over(store: MinimalStore): SessionService {
  return new StoredSessionService(store);
}

/** The minimal service with a fault in some of its calls. */
export function faulty(
  wrapper: SessionServiceWrapper,
  store: MinimalStore = new MinimalStore(),
): SessionService {
  return wrapSessionService(over(store), wrapper);
}

/** Makes `call`, and `instead` if it is refused with `code`. */
export async function unless<T>(
  call: () => Promise<T>,
  {
    code,
    instead,
  }: { readonly code: string; readonly instead: (error: HoldfastError) => T | Promise<T> },
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isHoldfastError(error) && error.code === code) return instead(error);
    throw error;
  }
}

/** Refuses a request for no good reason. */
export function refuse(request: SessionKey, code: HoldfastErrorCode): never {
  const { appName, userId, sessionId } = request;
  throw new HoldfastError(code, {
    message: `refused: ${code}`,
    key: { appName, userId, sessionId },
  });
}

/** The calls that a service over any store has, `close` apart. */
export const methods = [
  'create',
  'get',
  'getOrCreate',
  'list',
  'delete',
  'appendEvent',
  'appendEvents',
  'listEvents',
  'getState',
  'updateState',
] as const;

/** Lets every other call run that is ready to. */
export function otherCalls(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
