import type { Event, SessionKey } from '@holdfast/core';
import { andThen, type MaybePromise } from '../call-gate.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { checkListedEvents, checkLoadedEvents } from '../check-stored-events.ts';
import { dueTurn } from '../event-loop-turn.ts';
import type { CheckedAppend } from '../prepare-append.ts';
import { withoutEvents } from '../prepare-get.ts';
import type { PreparedListEvents } from '../prepare-list-events.ts';
import type { WriteOptions } from '../service-options.ts';
import type { SessionSnapshot } from '../session.ts';
import { isExpired, NO_DETAILS, type SessionDetails } from '../session-details.ts';
import { sessionNotFound, unsupportedBy } from '../session-errors.ts';
import type { SessionCapabilities } from '../session-service.ts';
import type { ListedEvents, SessionStore } from '../session-store.ts';
import type { WatchHub } from './watch-hub.ts';

/** What calls that are made of several steps have of their service. */
export interface StoreAccess {
  readonly store: SessionStore;
  readonly writing: WriteOptions;
  /** Who is to be told of changes. */
  readonly hub: Pick<WatchHub, 'appended' | 'changed' | 'changedAll'>;
  append(append: CheckedAppend): MaybePromise<readonly Event[]>;
}

/** A session without its events, but with its initial state; `not_found` if there is none. */
export async function readState(
  { store, writing }: StoreAccess,
  key: SessionKey,
): Promise<SessionSnapshot> {
  const get = { ...withoutEvents(key), includeInitialState: true };
  const snapshot = await store.get(get);
  if (snapshot === undefined || isExpired(snapshot.expireTime, writing.now())) {
    throw sessionNotFound(key);
  }
  checkLoadedEvents(get, snapshot);
  return snapshot;
}

/** Some events of a session; `not_found` if there is none. */
export async function readEvents(
  { store, writing }: StoreAccess,
  list: PreparedListEvents,
): Promise<ListedEvents> {
  const listed = await store.listEvents(list);
  if (listed === undefined || isExpired(listed.expireTime, writing.now())) {
    throw sessionNotFound(list.key);
  }
  checkListedEvents(list, listed);
  return listed;
}

/**
 * Whether the id of a session that is in the way of a new one is free by now: the session makes way
 * if it has expired, and may be gone already.
 */
export function makesWay(
  store: SessionStore,
  { key, now }: { readonly key: SessionKey; readonly now: number },
): MaybePromise<boolean> {
  if (store.deleteExpired === undefined) return false;
  return andThen(store.get(withoutEvents(key)), (session) => {
    if (session === undefined) return true;
    if (!isExpired(session.expireTime, now)) return false;
    const remove = { key, now, untouchedSince: undefined };
    return andThen(store.deleteExpired?.(remove), () => true);
  });
}

const PAGE = 250;

/** The events from one `seq` to another, both inclusive, page by page; downwards with `desc`. */
export async function* walkEvents(
  access: StoreAccess,
  {
    key,
    from,
    to,
    order,
  }: {
    readonly key: SessionKey;
    readonly from: number;
    readonly to: number;
    readonly order: 'asc' | 'desc';
  },
): AsyncGenerator<Event, void, undefined> {
  let [afterSeq, beforeSeq] = [from - 1, to + 1];
  while (beforeSeq - afterSeq > 1) {
    const { events } = await readEvents(access, { key, afterSeq, beforeSeq, count: PAGE, order });
    yield* events;
    const last = events.at(-1)?.seq;
    if (last === undefined || events.length < PAGE) return;
    if (order === 'asc') afterSeq = last;
    else beforeSeq = last;
    await dueTurn();
  }
}

type OptionalMethod = Exclude<
  {
    [Method in keyof SessionStore]-?: undefined extends SessionStore[Method] ? Method : never;
  }[keyof SessionStore],
  'subscribe'
>;

/** Refuses labels and an expiry that a store does not keep. */
export function checkKept(
  store: SessionStore,
  { details, parent = '' }: { readonly details: SessionDetails; readonly parent?: 'session.' | '' },
): void {
  if (details === NO_DETAILS || capabilitiesOf(store).updateSession) return;
  const { labels, expires } = details;
  if (expires !== undefined) throw unsupportedBy('updateSession', `${parent}expires`);
  if (Object.keys(labels).length > 0) throw unsupportedBy('updateSession', `${parent}labels`);
}

/** A method of a store; `unsupported` if it lacks one of those that the capability is made of. */
export function needed<Method extends OptionalMethod>(
  store: SessionStore,
  {
    method,
    capability,
    path,
  }: {
    readonly method: Method;
    readonly capability: keyof SessionCapabilities;
    /** What of the request asks for it. @default the call itself */
    readonly path?: string;
  },
): NonNullable<SessionStore[Method]> {
  const found = store[method];
  if (found === undefined || !capabilitiesOf(store)[capability]) {
    throw unsupportedBy(capability, path);
  }
  return found.bind(store) as NonNullable<SessionStore[Method]>;
}
