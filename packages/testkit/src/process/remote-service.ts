import type { Event } from '@holdfast/core';
import type { SessionCapabilities, SessionService } from '@holdfast/session';
import { SESSION_SERVICE_METHODS } from '@holdfast/session/store';
import { isReason, type SentMethod, type SentSignal } from './process-messages.ts';
import { unpackAnswer, unpackEvent } from './send-answer.ts';
import type { ServiceChild } from './service-child.ts';

export interface RemoteServiceOptions {
  /** What the other process knows the service by. */
  readonly id: number;
  readonly capabilities: SessionCapabilities;
  readonly onClose: () => void;
}

/** A service whose calls are made in another process. */
export function remoteService(
  child: ServiceChild,
  { id, capabilities, onClose }: RemoteServiceOptions,
): SessionService {
  let closing: Promise<void> | undefined;
  const close = async () => {
    // What was killed needs no closing.
    if (!child.isRunning) return;
    await child.ask({ type: 'call', service: id, method: 'close', request: undefined });
    onClose();
  };
  const service: Record<string | symbol, unknown> = { capabilities };
  for (const method of SESSION_SERVICE_METHODS) {
    if (method === 'watch') {
      service[method] = (request: unknown) => watch(child, { service: id, request });
    } else {
      service[method] = (request: unknown) => call(child, { service: id, method, request });
    }
  }
  service['close'] = () => {
    closing ??= close();
    return closing;
  };
  service[Symbol.asyncDispose] = service['close'];
  return service as unknown as SessionService;
}

interface Call {
  readonly service: number;
  readonly method: SentMethod;
  readonly request: unknown;
}

async function call(child: ServiceChild, { service, method, request }: Call): Promise<unknown> {
  const { sent, signal } = withoutSignal(request);
  const asked = child.ask({
    type: 'call',
    service,
    method,
    request: sent,
    signal: stateOf(signal),
  });
  const stop = tellAbort(child, { of: asked.id, signal });
  try {
    const { value } = await asked;
    return unpackAnswer(method, value);
  } catch (error) {
    throw isReason(error) ? signal?.reason : error;
  } finally {
    stop();
  }
}

async function* watch(
  child: ServiceChild,
  { service, request }: Omit<Call, 'method'>,
): AsyncGenerator<Event, void, undefined> {
  const { sent, signal } = withoutSignal(request);
  const begun = child.ask({ type: 'watch', service, request: sent, signal: stateOf(signal) });
  const stop = tellAbort(child, { of: begun.id, signal });
  try {
    await begun;
    for (;;) {
      const { value } = await child.ask({ type: 'next', watch: begun.id });
      const { done, value: event } = value as { readonly done: boolean; readonly value: Event };
      if (done) return;
      yield unpackEvent(event);
    }
  } catch (error) {
    throw isReason(error) ? signal?.reason : error;
  } finally {
    stop();
    // If it could not be begun, or the process is gone, nothing is left to be ended.
    await child.ask({ type: 'return', watch: begun.id }).catch(() => {});
  }
}

interface SplitRequest {
  readonly sent: unknown;
  readonly signal: AbortSignal | undefined;
}

/** A signal cannot be sent: its abort is told. */
function withoutSignal(request: unknown): SplitRequest {
  const { signal, ...sent } = (request ?? {}) as { readonly signal?: unknown };
  return signal instanceof AbortSignal ? { sent, signal } : { sent: request, signal: undefined };
}

function stateOf(signal: AbortSignal | undefined): SentSignal | undefined {
  if (signal === undefined) return undefined;
  return signal.aborted ? 'aborted' : 'waiting';
}

function tellAbort(
  child: ServiceChild,
  { of, signal }: { readonly of: number; readonly signal: AbortSignal | undefined },
): () => void {
  const tell = () => child.tell({ type: 'abort', of });
  signal?.addEventListener('abort', tell);
  return () => signal?.removeEventListener('abort', tell);
}
