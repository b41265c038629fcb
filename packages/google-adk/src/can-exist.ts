import { identifierProblem } from '@holdfast/core/internal';

/** Whether all of these are ids. What cannot exist is not there: to ADK, that is no error. */
export function canExist(ids: Readonly<Record<string, unknown>>): boolean {
  return Object.values(ids).every((id) => identifierProblem(id) === undefined);
}
