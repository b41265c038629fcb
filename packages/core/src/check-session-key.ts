import { checkIdentifier } from './identifier.ts';
import type { SessionKey } from './session-key.ts';

/** A frozen copy of the three ids of `request`, each checked. */
export function checkSessionKey(request: SessionKey): SessionKey {
  return Object.freeze({
    appName: checkIdentifier(request.appName, 'appName'),
    userId: checkIdentifier(request.userId, 'userId'),
    sessionId: checkIdentifier(request.sessionId, 'sessionId'),
  });
}
