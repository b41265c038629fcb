import type { WireError } from '../../api/wire.ts';

/** Why a request failed: the server refused it, or could not be reached at all. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly code: WireError['code'];
  /** The field that is meant. */
  readonly path: string | undefined;
  /** Nobody answered. Whether the request arrived is not known. */
  readonly unreachable: boolean;

  constructor({ code, message, path }: WireError, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
    this.path = path;
    this.unreachable = 'cause' in options;
  }
}

/** Whether the same request would fail again, however often it is sent. */
export function isRefusal({ code }: RequestFailure): boolean {
  return code === 'too_large' || code === 'invalid_argument';
}

/** The failure of a request that nobody answered. */
export function unreachable(cause: unknown): RequestFailure {
  return new RequestFailure(
    { code: 'unavailable', message: 'the server cannot be reached' },
    { cause },
  );
}

/** What a person is told about any error. */
export function describeFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.slice(0, 1).toUpperCase() + message.slice(1);
}

export function isNotFound(error: unknown): boolean {
  return error instanceof RequestFailure && error.code === 'not_found';
}
