import type { CreateSessionRequest, SessionKey, UpdateStateRequest } from '@holdfast/session';
import { sampleDelta } from '../contestants/sample-event.ts';
import { type Ground, LISTED } from './ground.ts';
import { type MeasuredCall, repeated } from './measured-call.ts';

const DELETED_HISTORY = 5;

export const WRITE_CALLS: readonly MeasuredCall[] = [
  {
    id: 'create-plain',
    title: 'create',
    on: (ground) => create(ground, (key) => key),
  },
  {
    id: 'create-state',
    title: 'create, with state in 3 scopes',
    on: (ground) => create(ground, (key) => ({ ...key, state: sampleDelta(1) })),
  },
  {
    id: 'create-first',
    title: 'create, the first one of a user',
    on: (ground) =>
      repeated<SessionKey>({
        requests: (count) => ground.newKeys(count, 'each'),
        call: (request) => ground.service.create(request),
        tidy: (keys) => ground.remove(keys),
      }),
  },
  {
    id: 'getOrCreate-new',
    title: 'getOrCreate, of a new one',
    on: (ground) =>
      repeated<SessionKey>({
        requests: (count) => ground.newKeys(count),
        call: (request) => ground.service.getOrCreate(request),
        tidy: (keys) => ground.remove(keys),
      }),
  },
  {
    id: 'delete-one',
    title: `delete, of ${DELETED_HISTORY} events`,
    on: (ground) =>
      repeated<SessionKey>({
        requests: (count) => ground.newSessions(count, DELETED_HISTORY),
        call: (request) => ground.service.delete(request),
      }),
  },
  {
    id: 'updateState-user',
    title: 'updateState, of a user',
    on: (ground) => update(ground, (n) => ({ scope: 'user', ...LISTED, set: { turn: n } })),
  },
  {
    id: 'updateState-app',
    title: 'updateState, of the app',
    on: (ground) =>
      update(ground, (n) => ({ scope: 'app', appName: LISTED.appName, set: { turn: n } })),
  },
];

function create(ground: Ground, request: (key: SessionKey) => CreateSessionRequest & SessionKey) {
  return repeated<CreateSessionRequest & SessionKey>({
    requests: (count) => ground.newKeys(count).map(request),
    call: (each) => ground.service.create(each),
    tidy: (keys) => ground.remove(keys),
  });
}

function update(ground: Ground, nth: (n: number) => UpdateStateRequest) {
  return repeated<UpdateStateRequest>({
    requests: (count) => Array.from({ length: count }, (_, n) => nth(n)),
    call: (request) => ground.service.updateState(request),
  });
}
