import { isPlainObject, setOwn } from '@holdfast/core/internal';

/** What a program notes about a session: short texts by name. Names follow the rules of ids. */
export type Labels = Readonly<Record<string, string>>;

/** When a session expires: `at` a time, in epoch ms, or so many ms after its last append or update. */
export type Expires =
  | { readonly at: number; readonly afterIdle?: undefined }
  | { readonly afterIdle: number; readonly at?: undefined };

/** Where a session was forked from. */
export interface ForkPoint {
  /** A session of the same user. */
  readonly sessionId: string;
  /** The last event that both have. */
  readonly seq: number;
}

/** What is known of a session beside its events and its state. Frozen. */
export interface SessionDetails {
  readonly labels: Labels;
  /** Undefined: it was not forked. */
  readonly forkedFrom?: ForkPoint | undefined;
  /** Undefined: it does not expire. */
  readonly expires?: Expires | undefined;
}

/** Those of a session that has none. */
export const NO_DETAILS: SessionDetails = Object.freeze({ labels: Object.freeze({}) });

/** Details as one text; '' if there are none. */
export function encodeDetails(details: SessionDetails): string {
  const { labels, forkedFrom, expires } = details;
  const hasNone =
    forkedFrom === undefined && expires === undefined && Object.keys(labels).length === 0;
  return hasNone ? '' : JSON.stringify({ labels, forkedFrom, expires });
}

/** Details from their text, deeply frozen; undefined if it is not one. */
export function parseDetails(text: string): SessionDetails | undefined {
  if (text === '') return NO_DETAILS;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isPlainObject(parsed) || !isPlainObject(parsed['labels'])) return undefined;
  const { labels, forkedFrom, expires } = parsed as unknown as SessionDetails;
  return freezeDetails({ labels, forkedFrom, expires });
}

/** Details of which nothing can be changed. */
export function freezeDetails({ labels, forkedFrom, expires }: SessionDetails): SessionDetails {
  return Object.freeze({
    labels: Object.freeze(labels),
    ...(forkedFrom !== undefined && { forkedFrom: Object.freeze(forkedFrom) }),
    ...(expires !== undefined && { expires: Object.freeze(expires) }),
  });
}

/** Labels after some were set, and some removed. */
export function changeLabels(
  labels: Labels,
  { set, remove }: { readonly set: Labels; readonly remove: readonly string[] },
): Labels {
  const changed: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (!remove.includes(name)) setOwn(changed, name, value);
  }
  for (const [name, value] of Object.entries(set)) setOwn(changed, name, value);
  return changed;
}

/** The moment from which a session is gone, in epoch ms, if it is touched now; undefined: never. */
export function expireTimeOf(expires: Expires | undefined, now: number): number | undefined {
  if (expires === undefined) return undefined;
  return expires.at ?? now + expires.afterIdle;
}

/** Whether a session is gone, given the moment of it. */
export function isExpired(expireTime: number | undefined, now: number): boolean {
  return expireTime !== undefined && expireTime <= now;
}
