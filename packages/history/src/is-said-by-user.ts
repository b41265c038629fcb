import type { Event } from '@holdfast/session';
import { partsOf } from './call-pairs.ts';

/** Whether the user says something in an event, and does not only answer a call. */
export function isSaidByUser(event: Event): boolean {
  if (event.author !== 'user' && event.content?.role !== 'user') return false;
  return partsOf(event).some(({ functionResponse }) => functionResponse === undefined);
}
