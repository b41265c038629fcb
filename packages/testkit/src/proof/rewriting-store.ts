import type { Event, JsonValue } from '@holdfast/session';
import type { AppendOutcome, PreparedAppend, PreparedGetState } from '@holdfast/session/store';
import { foldState, type StateChanges } from '@holdfast/state/internal';
import { MinimalStore } from './minimal-store.ts';

export type Rewrite = (value: JsonValue) => JsonValue;
export type Place = 'events' | 'session' | 'user' | 'app';

/** Each value in a value, the innermost first. */
export function deeply(rewrite: Rewrite): Rewrite {
  const all: Rewrite = (value) => {
    if (Array.isArray(value)) return rewrite(value.map(all));
    if (typeof value !== 'object' || value === null) return rewrite(value);
    const entries = Object.entries(value).map(([name, each]) => [name, all(each)]);
    return rewrite(Object.fromEntries(entries));
  };
  return all;
}

export function ofTexts(rewrite: (text: string) => JsonValue): Rewrite {
  return deeply((value) => (typeof value === 'string' ? rewrite(value) : value));
}

export function ofNumbers(rewrite: (value: number) => number): Rewrite {
  return deeply((value) => (typeof value === 'number' ? rewrite(value) : value));
}

/** Makes something else of what is stored at one place. */
export class RewritingStore extends MinimalStore {
  readonly #place: Place;
  readonly #rewrite: Rewrite;

  constructor(place: Place, rewrite: Rewrite) {
    super();
    this.#place = place;
    this.#rewrite = rewrite;
  }

  override async append(append: PreparedAppend): Promise<AppendOutcome> {
    const outcome = await super.append(append);
    const session = this.find(append.key);
    if (this.#place !== 'events' || session === undefined) return outcome;
    for (const [i, event] of session.events.entries()) {
      const { id, timestamp, seq, actions, ...rest } = event;
      const fields = this.#rewrite(rest as never) as object;
      const rewritten = this.#rewrite(actions as never) as object;
      const changed = { ...fields, id, timestamp, seq, actions: { ...actions, ...rewritten } };
      session.events[i] = Object.freeze(changed) as Event;
    }
    return outcome;
  }

  protected override change(...[session, changes]: Parameters<MinimalStore['change']>): void {
    const own = this.#place === 'session' ? this.#rewritten(changes.session) : changes.session;
    super.change(session, { ...changes, session: own });
  }

  protected override changeShared(owner: PreparedGetState, changes: StateChanges): void {
    const all = owner.scope === this.#place ? this.#rewritten(changes) : changes;
    this.states.set(this.addressOfState(owner), foldState(this.shared(owner), all));
  }

  #rewritten(changes: StateChanges): StateChanges {
    return new Map(
      [...changes].map(([name, value]) => [
        name,
        value === undefined ? undefined : this.#rewrite(value),
      ]),
    );
  }
}
