import { checkIdentifier } from './identifier.ts';
import type { SessionKey } from './session-key.ts';

/** The three ids of `request`, each checked, and nothing else of it. */
export function checkSessionKey(request: SessionKey): SessionKey {
  return {
    appName: checkIdentifier(request.appName, 'appName'),
    userId: checkIdentifier(request.userId, 'userId'),
    sessionId: checkIdentifier(request.sessionId, 'sessionId'),
  };
}
