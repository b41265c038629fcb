import { HoldfastError, type HoldfastErrorCode, isHoldfastError } from '@holdfast/core';
import { isError } from '@holdfast/core/internal';

// The first word of a server's error tells its kind. Redis 6 puts words of its own before the
// errors of commands in a script.
const KINDS: readonly (readonly [RegExp, HoldfastErrorCode, string])[] = [
  [/\bWRONGTYPE\b/, 'corrupt', 'a key holds something that this service did not write'],
  [/\bOOM\b/, 'unavailable', 'the server is out of memory'],
  [/\bREADONLY\b/, 'unavailable', 'the server is a replica and cannot be written to'],
  [/\bLOADING\b/, 'unavailable', 'the server is loading its data'],
  [/\bBUSY\b/, 'unavailable', 'the server is busy with a script'],
  [/Script killed by user/i, 'unavailable', 'the script was killed, and has written nothing'],
  [/\bMASTERDOWN\b/, 'unavailable', 'the server has lost its master'],
  [/\bMISCONF\b/, 'unavailable', 'the server cannot write to its disk'],
  [/\bNOREPLICAS\b/, 'unavailable', 'the server has too few replicas'],
  [/\bCLUSTERDOWN\b/, 'unavailable', 'the Cluster is down'],
  [/\bTRYAGAIN\b|\b(?:ASK|MOVED) \d/, 'unavailable', 'the slot is moving to another node'],
  [/\bnon local key\b/, 'unavailable', 'the slot is moving to another node'],
  [/max number of clients/, 'unavailable', 'the server has too many clients'],
  [/max retries per request/, 'unavailable', 'the connection to Redis was lost'],
  [/Command timed out/, 'unavailable', 'the server did not answer in time'],
  [/invalid (?:multi)?bulk length/, 'too_large', 'the server takes no values of this size'],
  [/\bNOAUTH\b|\bWRONGPASS\b/, 'misconfigured', 'the server refuses the password'],
  [/\bNOPERM\b|user executing the script/, 'misconfigured', 'the user lacks a permission'],
  [/\bDENIED\b/, 'misconfigured', 'the server is in protected mode'],
  [/\bCROSSSLOT\b/, 'misconfigured', 'the server is sharded, so the client must be a Cluster'],
  [/DB index is out of range/, 'misconfigured', 'the server does not have the database'],
  [/cluster support disabled/, 'misconfigured', 'the server is not part of a Cluster'],
  [/unknown( redis)? command/i, 'misconfigured', 'the server does not know a command'],
  [/non deterministic command/, 'misconfigured', 'lua-replicate-commands must be yes'],
  [/subscriber mode|monitoring mode/, 'misconfigured', 'the client cannot run commands'],
];

// A connection that TLS refuses is refused the next time, too.
const TLS_CODES =
  /^(?:EPROTO|ERR_SSL_\w+|ERR_TLS_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;

// What only a fault in a program throws, of ours or of the driver.
const FAULTS = /^(?:Type|Reference|Range|Syntax|URI|Eval)Error$/;

// What ioredis, or a program over its client, sends with a password in it.
const WITH_PASSWORD = /^(?:auth|hello|acl|config|migrate)$/i;

/** Whether a server does not have a script yet. */
export function isScriptMissing(error: unknown): boolean {
  return messageOf(error).startsWith('NOSCRIPT');
}

/** Whether a command was not run because its slot is elsewhere, or nowhere at the moment. */
export function isRedirection(error: unknown): boolean {
  return /^(?:MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b/.test(messageOf(error));
}

/** Whether a command was not run because the server is loading its data. */
export function isLoading(error: unknown): boolean {
  return /\bLOADING\b/.test(messageOf(error));
}

/** Whether the driver has given up a command, as its `commandTimeout` says. */
export function isTimeout(error: unknown): boolean {
  return /Command timed out/.test(messageOf(error));
}

/** Whether a command, or one of a script, is unknown or not allowed. */
export function isLackingCommand(error: unknown): boolean {
  return /\bNOPERM\b|user executing the script|unknown( redis)? command/i.test(messageOf(error));
}

/** What an error of the driver is to a caller. Passwords in it are hidden. */
export function translateError(
  error: unknown,
  { isCluster }: { readonly isCluster: boolean },
): HoldfastError {
  if (isHoldfastError(error)) return error;
  // A Cluster that cannot be reached has the reason in the error of its last node.
  const { lastNodeError } = Object(error) as { readonly lastNodeError?: unknown };
  const reason = lastNodeError ?? error;
  hidePassword(error);
  hidePassword(lastNodeError);
  const [code, problem] = describe(reason, isCluster);
  return new HoldfastError(code, { message: `${problem}: ${messageOf(reason)}`, cause: error });
}

/** A reply's error has the command that it answers, with all that was sent. */
function hidePassword(error: unknown): void {
  const { command } = Object(error) as { readonly command?: { readonly name?: unknown } };
  if (!WITH_PASSWORD.test(String(command?.name))) return;
  Object.assign(error as object, { command: { ...command, args: ['(hidden)'] } });
}

function describe(error: unknown, isCluster: boolean): readonly [HoldfastErrorCode, string] {
  const reason = messageOf(error);
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  const isReply = name === 'ReplyError' || name === 'ErrorReply';
  if (/string length|string longer/i.test(reason) && !isReply) {
    return ['too_large', 'the call is too large'];
  }
  if (!isError(error) || FAULTS.test(String(name))) {
    return ['internal', 'a fault in this package or in the driver'];
  }
  // A client of one server does not follow it.
  if (/^MOVED\b/.test(reason) && !isCluster) {
    return ['misconfigured', 'the server is part of a Cluster, so the client must be a Cluster'];
  }
  const kind = KINDS.find(([pattern]) => pattern.test(reason));
  if (kind !== undefined) return [kind[1], kind[2]];
  if (TLS_CODES.test(String(code))) return ['misconfigured', 'TLS does not fit the server'];
  // What no server has said is about the connection.
  return isReply ? ['internal', 'Redis failed'] : ['unavailable', 'Redis cannot be reached'];
}

function messageOf(error: unknown): string {
  if (!isError(error)) return String(error);
  // If several addresses were tried, Node's error has no message.
  return error.message || String((error as { readonly code?: unknown }).code ?? error.name);
}
