import type { SessionService } from '@holdfast/session';
import { at, idsOf, seqsOf } from '../scenario.ts';
import { eventsByName, type Operation, type Window } from './operations.ts';

/** Makes the call, and gives of its answer what the model gives. */
export async function perform(
  service: SessionService,
  { appName, operation }: { readonly appName: string; readonly operation: Operation },
): Promise<unknown> {
  const userId = operation.user;
  if (operation.call === 'updateState') {
    const { scope, set, remove } = operation;
    const owner = scope === 'app' ? { scope, appName } : { scope, appName, userId };
    await service.updateState({ ...owner, set, remove });
    return 'done';
  }
  const key = { appName, userId, sessionId: operation.session };
  switch (operation.call) {
    case 'create':
      await service.create({ ...key, state: operation.state });
      return 'done';
    case 'getOrCreate': {
      const { state } = operation;
      const session = await service.getOrCreate({ ...key, state, ...windowOf(operation) });
      return idsOf(session.events);
    }
    case 'delete':
      return service.delete(key);
    case 'append': {
      const { expectedRevision, onStored } = operation;
      const events = operation.events.flatMap((name) => eventsByName.get(name) ?? []);
      const [event] = events;
      const answer =
        events.length === 1 && event !== undefined && onStored === undefined
          ? [await service.appendEvent({ ...key, event, expectedRevision })]
          : await service.appendEvents({ ...key, events, expectedRevision, onStored });
      return seqsOf(answer.filter(({ partial }) => partial !== true));
    }
    case 'get': {
      const session = await service.get({ ...key, ...windowOf(operation) });
      return session && idsOf(session.events);
    }
    case 'listEvents': {
      const { afterSeq, beforeSeq, limit, order } = operation;
      const page = await service.listEvents({ ...key, afterSeq, beforeSeq, limit, order });
      return { ids: idsOf(page.events), hasMore: page.hasMore };
    }
  }
}

function windowOf({ last, after }: Window) {
  return {
    numRecentEvents: last,
    afterTimestamp: after === undefined ? undefined : at(after),
  };
}
