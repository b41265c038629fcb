import { identifierProblem, invalidArgument } from '@holdfast/core';
import type { Order } from './requests.ts';

/** Where a session stands in a list. */
export interface ListPosition {
  readonly lastUpdateTime: number;
  readonly userId: string;
  readonly sessionId: string;
}

/** What makes two requests the same list, whatever the length of their pages. */
export interface ListIdentity {
  readonly appName: string;
  /** Undefined: every user of the app. */
  readonly userId: string | undefined;
  readonly order: Order;
}

const VERSION = 1;

/** The cursor of the page that begins behind `position`. */
export function encodeListCursor(list: ListIdentity, position: ListPosition): string {
  const { lastUpdateTime, userId, sessionId } = position;
  return toBase64Url(
    JSON.stringify([VERSION, ...identityOf(list), lastUpdateTime, userId, sessionId]),
  );
}

/** The place that `cursor` stands for; `invalid_argument` if it is not one of this list. */
export function decodeListCursor(cursor: unknown, list: ListIdentity): ListPosition {
  const fields = parseCursor(cursor);
  const [version, order, appName, listedUser, lastUpdateTime, userId, sessionId] = fields ?? [];
  const isCursor =
    fields?.length === 7 &&
    version === VERSION &&
    Number.isSafeInteger(lastUpdateTime) &&
    identifierProblem(userId) === undefined &&
    identifierProblem(sessionId) === undefined;
  if (!isCursor) throw invalidArgument('cursor', 'must be the nextCursor of a page before');
  const [ownOrder, ownApp, ownUser] = identityOf(list);
  if (order !== ownOrder || appName !== ownApp || listedUser !== ownUser) {
    throw invalidArgument('cursor', 'belongs to another request');
  }
  return {
    lastUpdateTime: lastUpdateTime as number,
    userId: userId as string,
    sessionId: sessionId as string,
  };
}

function identityOf(list: ListIdentity): [Order, string, string | null] {
  return [list.order, list.appName, list.userId ?? null];
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
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
