import type { Group } from '../contestants/contestant.ts';
import type { Place } from '../contestants/place.ts';

/** What is installed, imported and started. */
export interface Starter {
  readonly id: string;
  readonly name: string;
  readonly kind: 'holdfast' | 'limit' | 'peer';
  readonly group: Group;
  /** What `npm install` is told: packages of this workspace by name, others as name@version. */
  readonly install: readonly string[];
  /** Imports it. */
  readonly importCode: string;
  /** Imports it and appends an event; undefined: it has no store without a server or a compiler. */
  readonly appendCode?: (place: Place) => string;
}
