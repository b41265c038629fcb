import { FIRST_TIME } from '../contestants/sample-event.ts';
import { LISTED, LONG_SESSION, SHORT_SESSION } from './ground.ts';
import { type MeasuredCall, repeatedly } from './measured-call.ts';

const RECENT = 20;
const PAGE = { ...LISTED, limit: 20 };

export const READ_CALLS: readonly MeasuredCall[] = [
  {
    id: 'get-whole',
    title: 'get, all of 20 events',
    on: ({ service }) => repeatedly(SHORT_SESSION, (request) => service.get(request)),
  },
  {
    id: 'get-recent',
    title: 'get, the last 20 events',
    on: ({ service }) =>
      repeatedly({ ...LONG_SESSION, numRecentEvents: RECENT }, (request) => service.get(request)),
  },
  {
    id: 'get-none',
    title: 'get, no events',
    on: ({ service }) =>
      repeatedly({ ...LONG_SESSION, numRecentEvents: 0 }, (request) => service.get(request)),
  },
  {
    id: 'get-after',
    title: 'get, 20 events after a time',
    on: ({ service, history }) =>
      repeatedly({ ...LONG_SESSION, afterTimestamp: FIRST_TIME + history - RECENT }, (request) =>
        service.get(request),
      ),
  },
  {
    id: 'getOrCreate-there',
    title: 'getOrCreate, of one that exists',
    on: ({ service }) => repeatedly(SHORT_SESSION, (request) => service.getOrCreate(request)),
  },
  {
    id: 'list-page',
    title: 'list, 20 sessions',
    on: ({ service }) => repeatedly(PAGE, (request) => service.list(request)),
  },
  {
    id: 'list-state',
    title: 'list, with their state',
    on: ({ service }) =>
      repeatedly({ ...PAGE, includeState: true }, (request) => service.list(request)),
  },
  {
    id: 'list-total',
    title: 'list, with the total',
    on: ({ service }) =>
      repeatedly({ ...PAGE, includeTotal: true }, (request) => service.list(request)),
  },
  {
    id: 'list-cursor',
    title: 'list, the second page',
    on: ({ service }) =>
      repeatedly(
        async () => {
          const { nextCursor } = await service.list(PAGE);
          if (nextCursor === undefined) throw new Error('there is no second page');
          return { ...PAGE, cursor: nextCursor };
        },
        (request) => service.list(request),
      ),
  },
  {
    id: 'listEvents-asc',
    title: 'listEvents, 50 from the middle on',
    on: ({ service, history }) =>
      repeatedly({ ...LONG_SESSION, afterSeq: history >> 1, limit: 50 }, (request) =>
        service.listEvents(request),
      ),
  },
  {
    id: 'listEvents-desc',
    title: 'listEvents, 50 from the middle back',
    on: ({ service, history }) =>
      repeatedly(
        { ...LONG_SESSION, beforeSeq: history >> 1, limit: 50, order: 'desc' } as const,
        (request) => service.listEvents(request),
      ),
  },
  {
    id: 'getState-user',
    title: 'getState, of a user',
    on: ({ service }) =>
      repeatedly({ scope: 'user', ...LISTED } as const, (request) => service.getState(request)),
  },
  {
    id: 'getState-app',
    title: 'getState, of the app',
    on: ({ service }) =>
      repeatedly({ scope: 'app', appName: LISTED.appName } as const, (request) =>
        service.getState(request),
      ),
  },
];
