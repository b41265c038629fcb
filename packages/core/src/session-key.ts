import { checkIdentifier } from './identifier.ts';

/** The identity of a session: all three ids, always. */
export interface SessionKey {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** A frozen copy of the three ids of `request`, each checked. */
export function checkSessionKey(request: SessionKey): SessionKey {
  return Object.freeze({
    appName: checkIdentifier(request.appName, 'appName'),
    userId: checkIdentifier(request.userId, 'userId'),
    sessionId: checkIdentifier(request.sessionId, 'sessionId'),
  });
}

/** How error messages name a session. */
export function describeSessionKey(key: SessionKey): string {
  return `session ${JSON.stringify(key.sessionId)} of user ${JSON.stringify(key.userId)} in app ${JSON.stringify(key.appName)}`;
}
