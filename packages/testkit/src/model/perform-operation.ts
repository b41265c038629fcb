import type { Event } from '@holdfast/core';
import {
  type ExportRecord,
  exportUser,
  importRecords,
  type Session,
  type SessionService,
} from '@holdfast/session';
import { at, idsOf, seqsOf } from '../scenario.ts';
import { eventsOf, isNamed, summaryOf } from './named-events.ts';
import {
  type AppendOperation,
  isOnSession,
  type Operation,
  type SessionOperation,
  type UserOperation,
  type Window,
} from './operations.ts';

interface Performed<Of extends Operation> {
  readonly appName: string;
  readonly operation: Of;
}

/** Makes the call, and gives of its answer what the model gives. */
export async function perform(
  service: SessionService,
  { appName, operation }: Performed<Operation>,
): Promise<unknown> {
  return isOnSession(operation)
    ? performOnSession(service, { appName, operation })
    : performOnUser(service, { appName, operation });
}

async function performOnSession(
  service: SessionService,
  { appName, operation }: Performed<SessionOperation>,
): Promise<unknown> {
  const key = { appName, userId: operation.user, sessionId: operation.session };
  switch (operation.call) {
    case 'create': {
      const { state, labels } = operation;
      await service.create({ ...key, state, labels });
      return 'done';
    }
    case 'getOrCreate': {
      const { state } = operation;
      return namesOf(await service.getOrCreate({ ...key, state, ...windowOf(operation) }));
    }
    case 'delete':
      return service.delete(key);
    case 'append':
      return append(service, { appName, operation });
    case 'get':
    case 'getActive': {
      const active = operation.call === 'getActive' ? true : undefined;
      const session = await service.get({ ...key, ...windowOf(operation), active });
      return session && namesOf(session);
    }
    case 'listEvents': {
      const { afterSeq, beforeSeq, limit, order } = operation;
      const page = await service.listEvents({ ...key, afterSeq, beforeSeq, limit, order });
      return { ids: page.events.map(nameOf), hasMore: page.hasMore };
    }
    case 'getEvent':
      return (await service.getEvent({ ...key, eventId: operation.event }))?.seq;
    case 'label': {
      const { set, remove } = operation;
      return (await service.updateSession({ ...key, labels: { set, remove } })).labels;
    }
    case 'expire': {
      const expires = { now: { at: 1 }, never: null, later: { afterIdle: 86_400_000 } } as const;
      await service.updateSession({ ...key, expires: expires[operation.when] });
      return 'done';
    }
    case 'fork': {
      const { throughSeq, newSession: newSessionId, labels } = operation;
      return namesOf(await service.fork({ ...key, throughSeq, newSessionId, labels }));
    }
    case 'rewind': {
      const { toSeq, expectedRevision } = operation;
      return seqsOf([await service.rewind({ ...key, toSeq, expectedRevision })]);
    }
    case 'retract': {
      const { ids: eventIds, throughSeq } = operation.what;
      const what = eventIds === undefined ? { throughSeq } : { eventIds };
      return seqsOf([await service.retract({ ...key, ...what, erase: operation.erase })]);
    }
    case 'summarize': {
      const { revision = 0 } = (await service.get({ ...key, numRecentEvents: 0 })) ?? {};
      const event = summaryOf(operation.event, Math.max(1, revision - operation.keep));
      return seqsOf([await service.appendEvent({ ...key, event })]);
    }
    case 'acquire': {
      const { turn, extend } = operation;
      await service.acquireTurn({ ...key, turn, extend, ttl: 86_400_000 });
      return 'done';
    }
    case 'release':
      return service.releaseTurn({ ...key, turn: operation.turn });
  }
}

async function performOnUser(
  service: SessionService,
  { appName, operation }: Performed<UserOperation>,
): Promise<unknown> {
  const userId = operation.user;
  switch (operation.call) {
    case 'updateState': {
      const { scope, set, remove, add: increment } = operation;
      const owner = scope === 'app' ? { scope, appName } : { scope, appName, userId };
      await service.updateState({ ...owner, set, remove, increment });
      return 'done';
    }
    case 'listLabelled': {
      const { labels } = operation;
      const page = await service.list({ appName, userId, labels, includeTotal: true });
      return { ids: idsOf(page.sessions).sort(), total: page.total };
    }
    case 'sweep':
      return service.sweep({ appName, userId, idleFor: operation.idle ? 0 : undefined });
    case 'eraseUser':
      return service.eraseUser({ appName, userId });
    case 'copyUser': {
      const records = exportUser(service, { appName, userId });
      return importRecords(service, ofUser(records, operation.to));
    }
  }
}

async function append(
  service: SessionService,
  { appName, operation }: Performed<AppendOperation>,
): Promise<unknown> {
  const { user, session, expectedRevision, onStored, ifMissing, turn } = operation;
  const key = { appName, userId: user, sessionId: session };
  const events = eventsOf(operation.events);
  const [event] = events;
  const conditions = { ...key, expectedRevision, ifMissing, turn };
  const answer =
    events.length === 1 && event !== undefined && onStored === undefined
      ? [await service.appendEvent({ ...conditions, event })]
      : await service.appendEvents({ ...conditions, events, onStored });
  return seqsOf(answer.filter(({ partial }) => partial !== true));
}

async function* ofUser(records: AsyncIterable<ExportRecord>, userId: string) {
  for await (const record of records) yield { ...record, userId };
}

function namesOf({ events }: Session): (string | null)[] {
  return events.map(nameOf);
}

/** Its id, if it is one of the model's. */
function nameOf({ id }: Event): string | null {
  return isNamed(id) ? id : null;
}

function windowOf({ last, after }: Window) {
  return {
    numRecentEvents: last,
    afterTimestamp: after === undefined ? undefined : at(after),
  };
}
