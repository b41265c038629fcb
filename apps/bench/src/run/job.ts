import type { Place } from '../contestants/place.ts';
import type { Cell, Effort } from '../questions/question.ts';

/** What a child is told, beside the question and the contestant. */
export interface Job {
  readonly place: Place;
  readonly cells: readonly Cell[];
  readonly effort: Effort;
}

/** What a child says. */
export type Outcome<Answers> =
  | { readonly answers: Answers; readonly failure?: undefined }
  | { readonly failure: string };
