import {
  createEvent,
  type Event,
  HoldfastError,
  iterateEvents,
  type ListEventsRequest,
  type Session,
  type SessionService,
  type SessionServiceMethod,
  State,
  thaw,
  wrapSessionService,
} from '@holdfast/session';

const key = { appName: 'shop', userId: 'ada', sessionId: '1' };

export declare const service: SessionService;
export declare const session: Session;
export const walk = () => iterateEvents(service, { ...key, pageSize: 10 });
export const walkAs = (...given: Parameters<typeof iterateEvents>) => given[1];
export async function* numbers() {
  for await (const event of walk()) yield event;
}
export const wrapped = wrapSessionService(service, {
  async appendEvent(next, request) {
    return next(request);
  },
  list: (next, request) => next({ ...request, limit: 1 }),
});
export const wrapper = (...given: Parameters<typeof wrapSessionService>) => given[1];
export const method = (): SessionServiceMethod => 'create';
export const contents = thaw(session.conversationHistory);
export const thawed = (event: Event) => thaw(event);
export const state = new State({ cart: [] });
export const Cart = class extends State {};
export const event = createEvent();
export const error = new HoldfastError('internal', { message: 'No' });
export const listed = (request: ListEventsRequest) => service.listEvents(request);

export class Forwarding implements SessionService {
  readonly capabilities = service.capabilities;
  create = service.create;
  get = service.get;
  getOrCreate = service.getOrCreate;
  list = service.list;
  delete = service.delete;
  appendEvent = service.appendEvent;
  appendEvents = service.appendEvents;
  listEvents = service.listEvents;
  getState = service.getState;
  updateState = service.updateState;
  getEvent = service.getEvent;
  updateSession = service.updateSession;
  fork = service.fork;
  rewind = service.rewind;
  retract = service.retract;
  acquireTurn = service.acquireTurn;
  releaseTurn = service.releaseTurn;
  sweep = service.sweep;
  eraseUser = service.eraseUser;
  listUsers = service.listUsers;
  importSession = service.importSession;
  watch = service.watch;
  close = service.close;
  [Symbol.asyncDispose] = service.close;
}
