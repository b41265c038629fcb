import type { SessionKey } from '@holdfast/core';
import { compareIdentifiers, identifierProblem, invalidArgument } from '@holdfast/core/internal';
import type { Order } from './requests.ts';

/** Where a session stands in a list: by last update, then by user, then by id. */
export interface ListPosition {
  readonly lastUpdateTime: number;
  readonly key: Omit<SessionKey, 'appName'>;
}

/** Compares two places in a list: negative, zero or positive. Ids compare by their bytes. */
export function comparePositions(a: ListPosition, b: ListPosition): number {
  if (a === b) return 0;
  return (
    a.lastUpdateTime - b.lastUpdateTime ||
    compareIdentifiers(a.key.userId, b.key.userId) ||
    compareIdentifiers(a.key.sessionId, b.key.sessionId)
  );
}

/** What makes two requests the same list, whatever the length of their pages. */
export interface ListIdentity {
  readonly appName: string;
  /** Undefined: every user of the app. */
  readonly userId: string | undefined;
  readonly order: Order;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

const VERSION = 2;

/** The cursor of the page that begins behind `position`. */
export function encodeListCursor(list: ListIdentity, position: ListPosition): string {
  const { lastUpdateTime, key } = position;
  return toBase64Url(
    JSON.stringify([VERSION, identityOf(list), lastUpdateTime, key.userId, key.sessionId]),
  );
}

/** The place that `cursor` stands for; `invalid_argument` if it does not belong to this list. */
export function decodeListCursor(cursor: unknown, list: ListIdentity): ListPosition {
  const fields = parseCursor(cursor);
  const [version, identity, lastUpdateTime, userId, sessionId] = fields ?? [];
  const isCursor =
    fields?.length === 5 &&
    version === VERSION &&
    Number.isSafeInteger(lastUpdateTime) &&
    identifierProblem(userId) === undefined &&
    identifierProblem(sessionId) === undefined;
  if (!isCursor) throw invalidArgument('cursor', 'must be the nextCursor of an earlier page');
  if (identity !== identityOf(list)) throw invalidArgument('cursor', 'belongs to another request');
  return {
    lastUpdateTime: lastUpdateTime as number,
    key: { userId: userId as string, sessionId: sessionId as string },
  };
}

function identityOf({ order, appName, userId, labels }: ListIdentity): string {
  const identity: unknown[] = [order, appName, userId ?? null];
  if (labels !== undefined) {
    identity.push(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return JSON.stringify(identity);
}

function parseCursor(cursor: unknown): readonly unknown[] | undefined {
  if (typeof cursor !== 'string') return undefined;
  try {
    const fields: unknown = JSON.parse(fromBase64Url(cursor));
    return Array.isArray(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

function toBase64Url(text: string): string {
  const isAscii = !/[^ -~]/.test(text);
  return btoa(isAscii ? text : String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
