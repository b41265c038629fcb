import type {
  PreparedCreate,
  PreparedList,
  PreparedUpdateSession,
  SessionDetails,
  SharedState,
  StoredPage,
  StoredSummary,
} from '@holdfast/session/store';
import { type BrokenService, otherCalls, over } from './broken-service.ts';
import { CompleteStore } from './complete-store.ts';
import type { DetailedSession, NewSession } from './detailed-store.ts';

type Match = (label: readonly [string, string], details: SessionDetails) => boolean;

/** Lists sessions whose labels match in another way. */
class Matches extends CompleteStore {
  readonly #match: Match;
  readonly #of: 'some' | 'every';

  constructor(match: Match, of: 'some' | 'every' = 'every') {
    super();
    this.#match = match;
    this.#of = of;
  }

  protected override listed(list: PreparedList): DetailedSession[] {
    const { labels, ...rest } = list;
    const all = super.listed({ ...rest, labels: undefined });
    if (labels === undefined) return all;
    const wanted = Object.entries(labels);
    return all.filter(({ details }) => wanted[this.#of]((each) => this.#match(each, details)));
  }
}

const has: Match = ([name, value], { labels }) => labels[name] === value;

class LooksForOne extends CompleteStore {
  protected override listed(list: PreparedList): DetailedSession[] {
    const [first] = Object.entries(list.labels ?? {});
    return super.listed({ ...list, labels: first && Object.fromEntries([first]) });
  }
}

class CutsPagesFirst extends CompleteStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list({ ...list, labels: undefined });
    const wanted = Object.entries(list.labels ?? {});
    const sessions = page.sessions.filter(({ details }) =>
      wanted.every(([name, value]) => details?.labels[name] === value),
    );
    return { ...page, sessions };
  }
}

class CountsAll extends CompleteStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const { total } = await super.list({ ...list, labels: undefined });
    return { ...(await super.list(list)), total };
  }
}

class ListsNoLabels extends CompleteStore {
  override async list(list: PreparedList): Promise<StoredPage> {
    const page = await super.list(list);
    const sessions = page.sessions.map((each) => ({ ...each, details: undefined }));
    return { ...page, sessions };
  }
}

class ListsLabelledOfAllUsers extends CompleteStore {
  protected override listed(list: PreparedList): DetailedSession[] {
    return super.listed(list.labels === undefined ? list : { ...list, userId: undefined });
  }
}

/** Finds sessions by the labels that they were created with. */
class NeverMovesTheIndex extends CompleteStore {
  readonly #index = new Map<string, SessionDetails>();

  protected override add(created: NewSession): DetailedSession {
    this.#index.set(created.incarnation, created.details);
    return super.add(created);
  }

  protected override listed(list: PreparedList): DetailedSession[] {
    const all = super.listed({ ...list, labels: undefined });
    const wanted = Object.entries(list.labels ?? {});
    return all.filter(({ incarnation }) => {
      const { labels = {} } = this.#index.get(incarnation) ?? {};
      return wanted.every(([name, value]) => labels[name] === value);
    });
  }
}

/** Writes all labels back as it has read them. */
class WritesThemAllBack extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const details = this.find(update.key)?.details;
    await otherCalls();
    return super.updateSession({ ...update, change: (now) => update.change(details ?? now) });
  }
}

class ReplacesThemAll extends CompleteStore {
  override updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    return super.updateSession({
      ...update,
      change(details) {
        const changed = update.change({ ...details, labels: {} });
        const isTouched = Object.keys(changed.labels).length > 0;
        return isTouched ? changed : update.change(details);
      },
    });
  }
}

class RemovesNone extends CompleteStore {
  override updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    return super.updateSession({
      ...update,
      change(details) {
        const changed = update.change(details);
        return { ...changed, labels: { ...details.labels, ...changed.labels } };
      },
    });
  }
}

class MovesTheLastUpdate extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const session = this.find(update.key);
    if (session) session.lastUpdateTime = Math.max(session.lastUpdateTime + 1, update.now);
    return super.updateSession(update);
  }
}

class AnswersWhatItWas extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const before = this.find(update.key)?.details;
    const summary = await super.updateSession(update);
    return summary && { ...summary, details: before };
  }
}

/** Keeps labels in some other way than they were given. */
class KeepsLabels extends CompleteStore {
  readonly #keep: (name: string, value: string) => readonly [string, string] | undefined;

  constructor(keep: (name: string, value: string) => readonly [string, string] | undefined) {
    super();
    this.#keep = keep;
  }

  protected override add(created: NewSession): DetailedSession {
    return super.add({ ...created, details: this.#kept(created.details) });
  }

  override updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const change = (details: SessionDetails) => this.#kept(update.change(details));
    return super.updateSession({ ...update, change });
  }

  #kept(details: SessionDetails): SessionDetails {
    const kept = Object.entries(details.labels).flatMap(([name, value]) => {
      const label = this.#keep(name, value);
      return label === undefined ? [] : [label];
    });
    return { ...details, labels: Object.fromEntries(kept) };
  }
}

class CreatesWithoutLabels extends CompleteStore {
  override create(create: PreparedCreate): Promise<SharedState | undefined> {
    return super.create({ ...create, details: { ...create.details, labels: {} } });
  }
}

/** Assigns labels to a plain object, one by one. */
class AssignsLabels extends CompleteStore {
  protected override add(created: NewSession): DetailedSession {
    const labels: Record<string, string> = {};
    for (const [name, value] of Object.entries(created.details.labels)) labels[name] = value;
    return super.add({ ...created, details: { ...created.details, labels } });
  }
}

class ChangesThemOfAllOfTheId extends CompleteStore {
  override async updateSession(update: PreparedUpdateSession): Promise<StoredSummary | undefined> {
    const summary = await super.updateSession(update);
    for (const session of this.sessions.values()) {
      const { key } = session;
      const isOfTheId =
        key.sessionId === update.key.sessionId && key.appName === update.key.appName;
      if (isOfTheId && summary?.details) session.details = summary.details;
    }
    return summary;
  }
}

function keeping(
  keep: (name: string, value: string) => readonly [string, string] | undefined,
): BrokenService['create'] {
  return () => over(new KeepsLabels(keep));
}

export const brokenLabels: readonly BrokenService[] = [
  {
    fault: 'lists sessions that have one of the labels',
    failsAt: 'keeps the sessions that have all of the labels asked for, exactly',
    create: () => over(new Matches(has, 'some')),
  },
  {
    fault: 'lists sessions that have the names of the labels',
    failsAt: 'keeps the sessions that have all of the labels asked for, exactly',
    create: () => over(new Matches(([name], { labels }) => Object.hasOwn(labels, name))),
  },
  {
    fault: 'lists sessions whose labels begin like those asked for',
    failsAt: 'tells labels apart by each byte of their names and values',
    create: () =>
      over(new Matches(([name, value], { labels }) => labels[name]?.startsWith(value) === true)),
  },
  {
    fault: 'lists sessions by labels whatever their case',
    failsAt: 'tells labels apart by each byte of their names and values',
    create: () =>
      over(
        new Matches(
          ([name, value], { labels }) => labels[name]?.toLowerCase() === value.toLowerCase(),
        ),
      ),
  },
  {
    fault: 'lists sessions by labels whatever spaces are at their end',
    failsAt: 'tells labels apart by each byte of their names and values',
    create: () =>
      over(new Matches(([name, value], { labels }) => labels[name]?.trimEnd() === value.trimEnd())),
  },
  {
    fault: 'lists sessions that have the value under any name',
    failsAt: 'keeps the sessions that have all of the labels asked for, exactly',
    create: () =>
      over(new Matches(([, value], { labels }) => Object.values(labels).includes(value))),
  },
  {
    fault: 'lists sessions without a label if an empty one is asked for',
    failsAt: 'keeps the sessions that have all of the labels asked for, exactly',
    create: () => over(new Matches(([name, value], { labels }) => (labels[name] ?? '') === value)),
  },
  {
    fault: 'looks for the first of several labels only',
    failsAt: 'keeps the sessions that have all of the labels asked for, exactly',
    create: () => over(new LooksForOne()),
  },
  {
    fault: 'cuts pages before it looks at labels',
    failsAt: 'walks the sessions of a label page by page, in both orders, each once',
    create: () => over(new CutsPagesFirst()),
  },
  {
    fault: 'counts all sessions in a list by labels',
    failsAt: 'count those sessions in a total that have them, and no others',
    create: () => over(new CountsAll()),
  },
  {
    fault: 'lists no labels',
    failsAt: 'are answered with the summary that a list has',
    create: () => over(new ListsNoLabels()),
  },
  {
    fault: 'lists sessions of other users by their labels',
    failsAt: "never finds another user's sessions by their labels, nor those of another app",
    create: () => over(new ListsLabelledOfAllUsers()),
  },
  {
    fault: 'lists sessions by the labels that they began with',
    failsAt: 'follows labels that are set, changed and removed, and sessions that go',
    create: () => over(new NeverMovesTheIndex()),
  },
  {
    fault: 'writes labels back as a whole',
    failsAt: 'loses no label, however many set and remove others at once',
    create: () => over(new WritesThemAllBack()),
  },
  {
    fault: 'replaces all labels by those that are set',
    failsAt: 'are changed one by one: others stay as they are',
    create: () => over(new ReplacesThemAll()),
  },
  {
    fault: 'removes no label',
    failsAt: 'are changed one by one: others stay as they are',
    create: () => over(new RemovesNone()),
  },
  {
    fault: 'takes a change of labels for an update of the session',
    failsAt: 'never move `lastUpdateTime` or the revision, nor the place in a list',
    create: () => over(new MovesTheLastUpdate()),
  },
  {
    fault: 'answers an update with the labels before',
    failsAt: 'are answered with the summary that a list has',
    create: () => over(new AnswersWhatItWas()),
  },
  {
    fault: 'creates sessions without their labels',
    failsAt: 'are those that the session was created with',
    create: () => over(new CreatesWithoutLabels()),
  },
  {
    fault: 'loses labels with names such as `__proto__`',
    failsAt: 'have names that are told apart by each byte, whatever they mean elsewhere',
    create: () => over(new AssignsLabels()),
  },
  {
    fault: 'changes the labels of all sessions of an id',
    failsAt: "are changed of one session, and not of another user's with the same id",
    create: () => over(new ChangesThemOfAllOfTheId()),
  },
  {
    fault: 'drops labels without a value',
    failsAt: 'hold texts that a store may make something else of, U+0000 and none at all too',
    create: keeping((name, value) => (value === '' ? undefined : [name, value])),
  },
  {
    fault: 'drops the character U+0000 from labels',
    failsAt: 'hold texts that a store may make something else of, U+0000 and none at all too',
    create: keeping((name, value) => [name, value.replaceAll('\u0000', '')]),
  },
  {
    fault: 'cuts the spaces around a label',
    failsAt: 'hold texts that a store may make something else of, U+0000 and none at all too',
    create: keeping((name, value) => [name, value.trim()]),
  },
  {
    fault: 'keeps the names of labels in lower case',
    failsAt: 'have names that are told apart by each byte, whatever they mean elsewhere',
    create: keeping((name, value) => [name.toLowerCase(), value]),
  },
  {
    fault: 'cuts labels to 100 characters',
    failsAt: 'are at most 32, each a name by the rules of ids and at most 255 bytes',
    create: keeping((name, value) => [name, value.slice(0, 100)]),
  },
  {
    fault: 'keeps labels in a normal form',
    failsAt: 'hold texts that a store may make something else of, U+0000 and none at all too',
    create: keeping((name, value) => [name, value.normalize('NFC')]),
  },
];
