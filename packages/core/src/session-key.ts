/** The identity of a session: all three ids, always. */
export interface SessionKey {
  readonly appName: string;
  readonly userId: string;
  readonly sessionId: string;
}

/** How error messages name a session. */
export function describeSessionKey(key: SessionKey): string {
  return `session ${JSON.stringify(key.sessionId)} of user ${JSON.stringify(key.userId)} in app ${JSON.stringify(key.appName)}`;
}
