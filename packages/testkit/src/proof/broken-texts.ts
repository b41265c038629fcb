import type { AppendEventRequest, Event, JsonValue, SessionService } from '@holdfast/session';
import type { PreparedGetState } from '@holdfast/session/store';
import { foldState, type StateChanges } from '@holdfast/state/internal';
import { type BrokenService, faulty, over, unless } from './broken-service.ts';
import { MinimalStore } from './minimal-store.ts';
import {
  deeply,
  ofNumbers,
  ofTexts,
  type Place,
  type Rewrite,
  RewritingStore,
} from './rewriting-store.ts';

/** Takes an event for a retry if it is like the stored one. */
function matchesLoosely(normalize: (json: string) => string): SessionService {
  const store = new MinimalStore();
  const another = over(store);
  const textOf = ({ id, timestamp, invocationId, seq, ...rest }: Partial<Event>) =>
    normalize(JSON.stringify({ actions: {}, ...rest }));
  return faulty(
    {
      appendEvent: (next, request: AppendEventRequest) =>
        unless(() => next(request), {
          code: 'already_exists',
          async instead(error) {
            const { events } = await another.listEvents({ ...request, limit: 1000 });
            const stored = events.find(({ id }) => id === request.event.id);
            const actions = { stateDelta: {}, ...request.event.actions };
            const given = textOf({ ...request.event, actions } as Partial<Event>);
            if (stored !== undefined && textOf(stored) === given) return stored;
            throw error;
          },
        }),
    },
    store,
  );
}

/** Takes names of state that are alike for one. */
class TakesNamesForOne extends MinimalStore {
  readonly #normalize: (name: string) => string;

  constructor(normalize: (name: string) => string) {
    super();
    this.#normalize = normalize;
  }

  protected override changeShared(owner: PreparedGetState, changes: StateChanges): void {
    const known = [...this.shared(owner).keys(), ...changes.keys()];
    const nameOf = (name: string) =>
      known.find((each) => this.#normalize(each) === this.#normalize(name)) ?? name;
    const all = new Map([...changes].map(([name, value]) => [nameOf(name), value]));
    this.states.set(this.addressOfState(owner), foldState(this.shared(owner), all));
  }
}

function inStates(kind: string): string {
  return `gives back texts ${kind}, in states and events`;
}

function inFields(kind: string): string {
  return `gives back texts ${kind}, in fields of events`;
}

const lines = 'with line breaks of every kind';
const spaces = 'with white space at either end, or of nothing else';
const controls = 'with control characters and such as are not seen';
const forms = 'that look the same in another form of Unicode';
const halves = 'with halves of surrogate pairs';
const types = 'that look like a number, a truth, a date or JSON';
const marks = 'that look like SQL, a pattern or a mark of a store';
const alone = 'gives back each text, number and empty thing alone, as the whole value of a key';
const sizes = 'gives back numbers of every size as they were, in every way';
const serializers = 'gives back what looks like a mark of a serializer as it was, in every way';
const empties = 'gives back empty things, each as what it was, in every way';
const alike = 'is `already_exists` for content that is only alike, in any field';

function jsonOr(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withoutHalves(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}

const isObject = (value: JsonValue): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Planted = readonly [fault: string, failsAt: string, place: Place, rewrite: Rewrite];

const rewrites: readonly Planted[] = [
  [
    'makes \\n of \\r\\n in events',
    inFields(lines),
    'events',
    ofTexts((it) => it.replaceAll('\r\n', '\n')),
  ],
  [
    'makes \\n of \\r in user state',
    inStates(lines),
    'user',
    ofTexts((it) => it.replaceAll('\r', '\n')),
  ],
  [
    'drops a line break at the end',
    inFields(lines),
    'events',
    ofTexts((it) => it.replace(/\n$/, '')),
  ],
  ['makes spaces of U+2028', inStates(lines), 'app', ofTexts((it) => it.replaceAll('\u2028', ' '))],
  ['trims texts of events', inFields(spaces), 'events', ofTexts((it) => it.trim())],
  [
    'drops spaces at the end of texts',
    inStates(spaces),
    'session',
    ofTexts((it) => it.replace(/ +$/, '')),
  ],
  [
    'drops a byte order mark',
    inFields(spaces),
    'events',
    ofTexts((it) => it.replace(/^\ufeff/, '')),
  ],
  ['ends texts at NUL', inFields(controls), 'events', ofTexts((it) => it.split('\0')[0] ?? '')],
  ['drops NUL of state', inStates(controls), 'session', ofTexts((it) => it.replaceAll('\0', ''))],
  [
    'drops characters that are not seen',
    inStates(controls),
    'app',
    ofTexts((it) => it.replace(/\u200b/g, '')),
  ],
  ['normalizes texts of events', inFields(forms), 'events', ofTexts((it) => it.normalize())],
  ['normalizes texts of state', inStates(forms), 'user', ofTexts((it) => it.normalize('NFKC'))],
  ['replaces half surrogate pairs in events', inFields(halves), 'events', ofTexts(withoutHalves)],
  ['replaces half surrogate pairs in state', inStates(halves), 'app', ofTexts(withoutHalves)],
  [
    'makes numbers of texts',
    inStates(types),
    'session',
    ofTexts((it) => (it.trim() !== '' && Number.isFinite(Number(it)) ? Number(it) : it)),
  ],
  ['parses texts that are JSON', inStates(types), 'user', ofTexts(jsonOr)],
  [
    'writes dates in one form',
    inFields(types),
    'events',
    ofTexts((it) => (/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(it) ? new Date(it).toISOString() : it)),
  ],
  ['unescapes texts', inStates(types), 'app', ofTexts((it) => it.replaceAll('\\x00', '\0'))],
  ['doubles quotes', inFields(marks), 'events', ofTexts((it) => it.replaceAll("'", "''"))],
  [
    'drops one of two backslashes',
    inStates(marks),
    'session',
    ofTexts((it) => it.replaceAll('\\\\', '\\')),
  ],
  [
    'takes a mark of its own for null',
    alone,
    'user',
    ofTexts((it) => (it === '__NULL__' ? null : it)),
  ],
  ['makes null of empty texts', alone, 'app', (it) => (it === '' ? null : it)],
  [
    'parses a whole value that is JSON',
    alone,
    'session',
    (it) => (typeof it === 'string' ? jsonOr(it) : it),
  ],
  ['makes true of 1', alone, 'session', (it) => (it === 1 ? true : it)],
  ['has numbers of 15 digits', sizes, 'session', ofNumbers((it) => Number(it.toPrecision(15)))],
  ['has integers of 64 bits at most', sizes, 'user', ofNumbers((it) => Math.min(it, 2 ** 63))],
  [
    'has no very small numbers',
    sizes,
    'events',
    ofNumbers((it) => (Math.abs(it) < 1e-300 ? 0 : it)),
  ],
  [
    'revives $date',
    serializers,
    'session',
    deeply((it) => (isObject(it) && '$date' in it ? String(it['$date']) : it)),
  ],
  [
    'follows $ref',
    serializers,
    'events',
    deeply((it) => (isObject(it) && '$ref' in it ? null : it)),
  ],
  [
    'makes an array of keys that are indexes',
    serializers,
    'user',
    deeply((it) => (isObject(it) && '0' in it ? Object.values(it) : it)),
  ],
  [
    'drops `__proto__`',
    serializers,
    'app',
    deeply((it) => (isObject(it) ? Object.assign({}, it) : it)),
  ],
  [
    'makes empty objects of empty arrays',
    empties,
    'session',
    deeply((it) => (Array.isArray(it) && it.length === 0 ? {} : it)),
  ],
  [
    'makes empty arrays of empty objects',
    empties,
    'app',
    deeply((it) => (isObject(it) && Object.keys(it).length === 0 ? [] : it)),
  ],
  [
    'drops null in objects',
    empties,
    'events',
    deeply((it) =>
      isObject(it)
        ? Object.fromEntries(Object.entries(it).filter(([, each]) => each !== null))
        : it,
    ),
  ],
];

export const brokenTexts: readonly BrokenService[] = [
  ...rewrites.map(([fault, failsAt, place, rewrite]) => ({
    fault,
    failsAt,
    create: () => over(new RewritingStore(place, rewrite)),
  })),
  {
    fault: 'ignores case when it compares a retry',
    failsAt: alike,
    create: () => matchesLoosely((json) => json.toLowerCase()),
  },
  {
    fault: 'ignores white space when it compares a retry',
    failsAt: alike,
    create: () => matchesLoosely((json) => json.replaceAll(' ', '')),
  },
  {
    fault: 'takes null for absent when it compares a retry',
    failsAt: alike,
    create: () => matchesLoosely((json) => json.replaceAll(/"a":null/g, '')),
  },
  {
    fault: 'takes numbers for texts when it compares a retry',
    failsAt: alike,
    create: () => matchesLoosely((json) => json.replaceAll('"', '')),
  },
  {
    fault: 'takes state keys that differ in white space for one',
    failsAt: 'tells state keys apart that differ in a space, a form or an invisible character',
    create: () => over(new TakesNamesForOne((name) => name.replace(/\s+/g, ' '))),
  },
  {
    fault: 'takes state keys that are the same number for one',
    failsAt: 'tells state keys apart that differ in a space, a form or an invisible character',
    create: () =>
      over(new TakesNamesForOne((name) => (/^[\d.]+$/.test(name) ? `${Number(name)}` : name))),
  },
];
