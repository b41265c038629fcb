/** The id of the event that sets right what the events alone do not explain. */
export const CORRECTION_ID = 'holdfast-adk-import';

/** Whether an event's id is one that an import gives to events of its own. */
export function isCorrectionId(id: string): boolean {
  return id === CORRECTION_ID || id.startsWith(`${CORRECTION_ID}-`);
}

/** Whose user state holds the mark of an import. No session has this user, so nobody sees it. */
export const MARK_USER = 'holdfast-adk-import';
