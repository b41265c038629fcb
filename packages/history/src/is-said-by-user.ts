import type { Event, Part } from '@holdfast/session';
import { isTelling, partsOf } from './call-pairs.ts';

/**
 * Whether the user says something in an event, and does not only answer a call. A request to the user,
 * which frameworks give the role `user`, is not said by the user.
 */
export function isSaidByUser(event: Event): boolean {
  if (event.author !== 'user' && event.content?.role !== 'user') return false;
  return partsOf(event).some(isWords);
}

function isWords(part: Part): boolean {
  return !part.functionCall && !part.functionResponse && isTelling(part);
}
