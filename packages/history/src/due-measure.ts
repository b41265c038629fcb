import type { Event } from '@holdfast/session';
import { summaryOf } from '@holdfast/session/store';

/** How much there has to be; infinite: no matter how much there is. */
export interface When {
  readonly events: number;
  readonly tokens: number;
}

const DEFAULT_KEEP = 10;

/** Decides whether it is time for a summary. */
export class DueMeasure {
  readonly #when: When;
  readonly #count: (event: Event) => number;
  /** What was counted: a tokenizer may take its time. */
  readonly #tokens = new Map<Event, number>();

  constructor({ when, count }: { readonly when: When; count(event: Event): number }) {
    this.#when = when;
    this.#count = count;
  }

  isDue(active: readonly Event[]): boolean {
    return this.#hasEvents(active) || this.#hasTokens(active);
  }

  /**
   * Whether what a summary would cover of the active events is worth a call of the model: otherwise
   * one that keeps much, or has many calls that wait, would be due after each turn.
   */
  isWorth(
    covered: readonly Event[],
    { of: active, kept }: { readonly of: readonly Event[]; readonly kept: number },
  ): boolean {
    const news = covered.filter((event) => summaryOf(event) === undefined);
    return (
      (this.#hasEvents(active) && news.length * 2 >= this.#when.events - kept) ||
      (this.#hasTokens(active) && this.#tokensOf(news) * 4 >= this.#when.tokens)
    );
  }

  /** How many of the last events are kept: not so many that these are nearly due by themselves. */
  defaultKeep(active: readonly Event[]): number {
    if (!this.#countsTokens) return DEFAULT_KEEP;
    let tokens = 0;
    let kept = 0;
    for (const event of active.slice(-DEFAULT_KEEP).reverse()) {
      tokens += this.#tokensIn(event);
      if (kept > 0 && tokens * 2 > this.#when.tokens) break;
      kept += 1;
    }
    return kept;
  }

  #hasEvents(active: readonly Event[]): boolean {
    return active.length >= this.#when.events;
  }

  #hasTokens(active: readonly Event[]): boolean {
    return this.#countsTokens && this.#tokensOf(active) >= this.#when.tokens;
  }

  get #countsTokens(): boolean {
    return this.#when.tokens < Number.POSITIVE_INFINITY;
  }

  #tokensOf(events: readonly Event[]): number {
    return events.reduce((sum, event) => sum + this.#tokensIn(event), 0);
  }

  #tokensIn(event: Event): number {
    const known = this.#tokens.get(event);
    if (known !== undefined) return known;
    const tokens = this.#count(event);
    this.#tokens.set(event, tokens);
    return tokens;
  }
}
