import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';

// The first word of a server's error says what it is. Redis 6 puts words of its own before the
// errors of commands in a script.
const KINDS: readonly (readonly [RegExp, HoldfastErrorCode, string])[] = [
  [/\bWRONGTYPE\b/, 'corrupt', 'a key holds something that this service has not put there'],
  [/\bOOM\b/, 'unavailable', 'the server has no memory left'],
  [/\bREADONLY\b/, 'unavailable', 'the server is a replica, and cannot be written'],
  [/\bLOADING\b/, 'unavailable', 'the server is loading its data'],
  [/\bBUSY\b/, 'unavailable', 'the server is busy with a script'],
  [/\bMASTERDOWN\b/, 'unavailable', 'the server has lost its master'],
  [/\bMISCONF\b/, 'unavailable', 'the server cannot write to its disk'],
  [/\bNOREPLICAS\b/, 'unavailable', 'the server has too few replicas'],
  [/\bCLUSTERDOWN\b/, 'unavailable', 'the Cluster is down'],
  [/\bTRYAGAIN\b|\bASK \d/, 'unavailable', 'the slot is on its way to another node'],
  [/\bnon local key\b/, 'unavailable', 'the slot is on its way to another node'],
  [/\bNOAUTH\b|\bWRONGPASS\b/, 'unavailable', 'the server refuses the password'],
  [/\bNOPERM\b|user executing the script/, 'unavailable', 'the user lacks a right'],
  [/max retries per request/, 'unavailable', 'the connection to Redis was lost'],
  [/Command timed out/, 'unavailable', 'the server did not answer in time'],
  [/\bCROSSSLOT\b/, 'unsupported', 'the server is sharded, and the client is no Cluster'],
  [/cluster support disabled/, 'unsupported', 'the server is not part of a Cluster'],
  [/unknown command/i, 'unsupported', 'the server does not know a command'],
];

/** Whether a server doesn't have a script yet. */
export function isScriptMissing(error: unknown): boolean {
  return messageOf(error).startsWith('NOSCRIPT');
}

/** Whether a command was not run because its slot is elsewhere, or nowhere for the moment. */
export function isRedirection(error: unknown): boolean {
  return /^(?:MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/.test(messageOf(error));
}

/** What an error of the driver is to a caller. */
export function translateError(
  error: unknown,
  { isCluster }: { readonly isCluster: boolean },
): HoldfastError {
  if (isHoldfastError(error)) return error;
  const reason = messageOf(error);
  const [code, problem] = describe(error, { isCluster });
  return new HoldfastError(code, { message: `${problem}: ${reason}`, cause: error });
}

function describe(
  error: unknown,
  { isCluster }: { readonly isCluster: boolean },
): readonly [HoldfastErrorCode, string] {
  const reason = messageOf(error);
  // A client of one server does not follow it.
  if (/^MOVED\b/.test(reason) && !isCluster) {
    return ['unsupported', 'the server is part of a Cluster, so the client must be a Cluster'];
  }
  const kind = KINDS.find(([pattern]) => pattern.test(reason));
  if (kind !== undefined) return [kind[1], kind[2]];
  if (error instanceof RangeError) return ['too_large', 'the call is too large'];
  return ['unavailable', isReply(error) ? 'Redis failed' : 'Redis cannot be reached'];
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
