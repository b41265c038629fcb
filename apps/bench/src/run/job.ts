import type { Place } from '../contestants/place.ts';
import type { Answer, Cell, Effort } from '../questions/question.ts';

/** What a child is told, beside the question and the contestant. */
export interface Job {
  readonly place: Place;
  readonly cells: readonly Cell[];
  readonly effort: Effort;
  readonly outcomeFile: string;
}

/** What a child says. */
export type Outcome =
  | { readonly answers: readonly Answer[]; readonly failure?: undefined }
  | { readonly failure: string };
