import { identifierProblem } from '@holdfast/core/internal';

/** Whether all of these are ids. To ADK, it is not an error if one cannot exist: nothing is found. */
export function canExist(ids: Readonly<Record<string, unknown>>): boolean {
  return Object.values(ids).every((id) => identifierProblem(id) === undefined);
}
