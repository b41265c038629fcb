import type { SessionService } from './session-service.ts';

/** The calls of a service. */
export type SessionServiceMethod = Exclude<
  keyof SessionService,
  'capabilities' | typeof Symbol.asyncDispose
>;

/** What a wrapper does instead of a call: `next` is the call of the wrapped service. */
export type SessionServiceWrapper = {
  readonly [Method in SessionServiceMethod]?: (
    next: SessionService[Method],
    ...request: Parameters<SessionService[Method]>
  ) => ReturnType<SessionService[Method]>;
};

// Whoever adds a call to the service has to add it here, or this does not compile.
const METHODS: Record<SessionServiceMethod, true> = {
  create: true,
  get: true,
  getOrCreate: true,
  list: true,
  delete: true,
  appendEvent: true,
  appendEvents: true,
  listEvents: true,
  getState: true,
  updateState: true,
  getEvent: true,
  updateSession: true,
  fork: true,
  rewind: true,
  retract: true,
  acquireTurn: true,
  releaseTurn: true,
  sweep: true,
  eraseUser: true,
  listUsers: true,
  importSession: true,
  watch: true,
  close: true,
};

/** The names of all calls of a service. */
export const SESSION_SERVICE_METHODS = Object.keys(METHODS) as readonly SessionServiceMethod[];

type AnyCall = (...request: unknown[]) => unknown;
type AnyWrap = (next: AnyCall, ...request: unknown[]) => unknown;

/**
 * A service that does something else in some calls: measure them, log them, limit them, or refuse
 * them. All other calls go to `inner` as they are, also those that a later version adds. What a
 * wrapper throws is a rejection.
 *
 * @example
 * const timed = wrapSessionService(service, {
 *   async appendEvent(next, request) {
 *     const start = performance.now();
 *     try {
 *       return await next(request);
 *     } finally {
 *       console.log(`append: ${performance.now() - start} ms`);
 *     }
 *   },
 * });
 */
export function wrapSessionService(
  inner: SessionService,
  wrapper: SessionServiceWrapper,
): SessionService {
  const wrapped: Record<string | symbol, unknown> = { capabilities: inner.capabilities };
  for (const method of SESSION_SERVICE_METHODS) {
    const next: AnyCall = (...request) => (inner[method] as AnyCall).call(inner, ...request);
    const wrap = wrapper[method] as AnyWrap | undefined;
    if (wrap === undefined) wrapped[method] = next;
    // It gives no promise: what it throws is thrown to who calls.
    else if (method === 'watch')
      wrapped[method] = (...request: unknown[]) => wrap(next, ...request);
    else wrapped[method] = async (...request: unknown[]) => wrap(next, ...request);
  }
  wrapped[Symbol.asyncDispose] = wrapped['close'];
  return Object.freeze(wrapped) as unknown as SessionService;
}
