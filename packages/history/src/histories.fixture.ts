/// <reference types="node" />
import type { Event, FunctionCall, Part } from '@holdfast/session';
import fc from 'fast-check';

/** What a property is tried with. */
export const parameters = {
  seed: Number(process.env['HOLDFAST_SEED'] ?? 1),
  numRuns: Number(process.env['HOLDFAST_PROPERTY_RUNS'] ?? 400),
};

const KINDS = {
  user: 5,
  model: 3,
  calls: 7,
  response: 9,
  request: 3,
  answer: 2,
  orphan: 1,
  nothing: 1,
  partial: 1,
  rewind: 1,
  retract: 1,
  through: 1,
  summary: 2,
} as const;

type Kind = keyof typeof KINDS;

/** What is appended next. The numbers choose between variants, and among what is there. */
interface Step {
  readonly kind: Kind;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly yes: boolean;
  readonly also: boolean;
}

const kinds = (Object.keys(KINDS) as Kind[]).map((kind) => ({
  arbitrary: fc.constant(kind),
  weight: KINDS[kind],
}));
const number = fc.nat(119);
const steps = fc.array(
  fc.record<Step>({
    kind: fc.oneof(...kinds),
    a: number,
    b: number,
    c: number,
    yes: fc.boolean(),
    also: fc.boolean(),
  }),
  { maxLength: 18 },
);

/** Histories as stores have them, odd and broken ones too: each has the `seq` 1 … n. */
export const histories: fc.Arbitrary<readonly Event[]> = steps.map((list) => {
  const writer = new HistoryWriter();
  for (const step of list) writer.append(step);
  return writer.events;
});

const BRANCHES = [undefined, 'root', 'root.a', 'root.b'];
const TOOLS = ['search', 'order'];

interface MadeCall {
  readonly call: FunctionCall;
  readonly branch: string | undefined;
}

/** Each text is unique, so one that is lost is missed. */
class HistoryWriter {
  readonly events: Event[] = [];
  readonly #calls: MadeCall[] = [];
  readonly #requests: FunctionCall[] = [];
  #seq = 0;
  #texts = 0;

  append(step: Step): void {
    const { kind, a, b, c, yes, also } = step;
    const branch = BRANCHES[c % BRANCHES.length];
    switch (kind) {
      case 'user':
        this.#say({ author: 'user' }, { role: also ? undefined : 'user', parts: [this.#text()] });
        break;
      case 'model': {
        const odd: Part[] = [{ text: '' }, {}, { text: '', thoughtSignature: 'c2ln' }];
        const parts = yes ? [this.#text(), odd[a % 3] as Part] : [this.#text()];
        this.#say({ author: 'agent', branch }, { role: 'model', parts });
        break;
      }
      case 'calls':
        this.#call(step);
        break;
      case 'response':
        this.#respond(step);
        break;
      case 'request':
        this.#request(step);
        break;
      case 'answer': {
        const request = this.#requests[a % Math.max(1, this.#requests.length)];
        if (request === undefined) return;
        const { id, name } = request;
        this.#say(
          { author: 'user' },
          { role: 'user', parts: [responseTo({ id, name }, { response: { confirmed: yes } })] },
        );
        break;
      }
      case 'orphan': {
        const response = responseTo({ id: yes ? 'lost' : undefined, name: 'lost' }, {});
        const parts = also ? [response, this.#text()] : [response];
        this.#say({ author: a % 2 ? 'user' : 'agent', branch }, { role: 'user', parts });
        break;
      }
      case 'nothing': {
        const contents = [undefined, {}, { parts: [] }, { role: 'user', parts: [{}] }];
        this.#say({ author: yes ? 'user' : 'agent' }, contents[a % 4] as Content | undefined);
        break;
      }
      case 'partial':
        this.events.push(
          draft({
            id: `p${this.events.length}`,
            author: 'agent',
            partial: true,
            content: { role: 'model', parts: [this.#text()] },
          }),
        );
        break;
      case 'rewind':
        if (this.#seq > 0) this.#mark({ rewind: { toSeq: a % this.#seq } });
        break;
      case 'retract': {
        const known = this.events.filter(isPlain);
        const eventIds = [known[a % known.length]?.id, known[b % known.length]?.id];
        if (known.length === 0) return;
        this.#mark({ retract: { eventIds: [...new Set(eventIds)] as string[] } });
        if (yes) this.#erase(eventIds);
        break;
      }
      case 'through':
        if (this.#seq > 0) this.#mark({ retract: { throughSeq: 1 + (a % this.#seq) } });
        break;
      case 'summary': {
        if (this.#seq === 0) return;
        const fromSeq = yes ? 1 : 1 + (a % this.#seq);
        const throughSeq = fromSeq + (b % (this.#seq - fromSeq + 1));
        const role = [undefined, 'user', 'model'][c % 3];
        const compactedContent = { ...(role && { role }), parts: [this.#text()] };
        this.#mark({ compaction: { fromSeq, throughSeq, compactedContent } });
        break;
      }
    }
  }

  #call({ a, b, c, yes, also }: Step): void {
    const branch = BRANCHES[c % BRANCHES.length];
    const calls = Array.from({ length: 1 + (a % 3) }, (_, i): FunctionCall => {
      const ids = [`c${this.#seq}.${i}`, `c${this.#seq}.${i}`, undefined, `again${i}`];
      const id = ids[b % 4];
      return { ...(id && { id }), name: TOOLS[(b + i * (a % 2)) % 2] as string, args: { i } };
    });
    const parts: Part[] = calls.map((functionCall) => ({ functionCall }));
    const latest = this.#calls.at(-1);
    if (c % 11 === 0 && latest !== undefined) parts.unshift(responseTo(latest.call, {}));
    if (yes) parts.splice(a % (parts.length + 1), 0, this.#text());
    for (const call of calls) this.#calls.push({ call, branch });
    const longRunningToolIds = also
      ? calls.flatMap(({ id }) => id ?? []).slice(0, 1 + (c % 3))
      : [];
    this.#say(
      { author: 'agent', branch, ...(also && { longRunningToolIds }) },
      { role: 'model', parts },
    );
  }

  #respond({ a, b, c, yes, also }: Step): void {
    const made = this.#calls.slice(-5);
    if (made.length === 0) return;
    const answered = Array.from({ length: 1 + (a % 3) }, (_, i) => made[(b + i) % made.length]);
    const parts = (answered as MadeCall[]).map(({ call: { id, name } }, i) =>
      responseTo(also ? { name } : { id, ...(c % 13 !== 0 && { name }) }, {
        response: { of: this.#seq, i },
        ...(c % 7 === 0 && { willContinue: true }),
      }),
    );
    if (yes && a % 2 === 0) parts.splice(c % (parts.length + 1), 0, this.#text());
    const branch = c % 5 === 0 ? 'root.b' : answered[0]?.branch;
    this.#say({ author: a % 4 === 0 ? 'user' : 'agent', branch }, { role: 'user', parts });
  }

  #request({ a, b, yes, also }: Step): void {
    const about = this.#calls[Math.max(0, this.#calls.length - 1 - (a % 3))]?.call;
    const id = `r${this.#seq}`;
    const request = yes
      ? { id, name: 'adk_request_confirmation', args: { originalFunctionCall: about ?? null } }
      : { id, name: 'adk_request_credential', args: { functionCallId: about?.id ?? 'unknown' } };
    this.#requests.push(request);
    const parts = [{ functionCall: request }, ...(b % 5 === 0 ? [this.#text()] : [])];
    // As ADK does, before the response that says why it did not run.
    this.#say(
      { author: 'agent', longRunningToolIds: [id] },
      { role: also ? 'user' : 'model', parts },
    );
    if (about === undefined || b % 2 === 0) return;
    const { id: of, name } = about;
    const parts2 = [responseTo({ id: of, name }, { response: { error: 'needs confirmation' } })];
    this.#say({ author: 'agent' }, { role: 'user', parts: parts2 });
  }

  #say(event: Draft, content: Optional<Content> | undefined): void {
    this.#seq += 1;
    const fields = { id: `e${this.#seq}`, seq: this.#seq, timestamp: this.#seq, ...event };
    this.events.push(draft({ ...fields, ...(content && { content: withoutMissing(content) }) }));
  }

  #mark(actions: Partial<Event['actions']>): void {
    this.#say({ author: 'user', actions: { stateDelta: {}, ...actions } }, undefined);
  }

  #erase(ids: readonly unknown[]): void {
    for (const [i, { id, seq, timestamp, author }] of this.events.entries()) {
      if (ids.includes(id)) this.events[i] = draft({ id, seq, timestamp, author, erased: true });
    }
  }

  #text(): Part {
    this.#texts += 1;
    return { text: `text ${this.#texts}.` };
  }
}

/** An event of which only some is given. */
export type Draft = Optional<Event>;
type Content = NonNullable<Event['content']>;
type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

function responseTo({ id, name }: Optional<FunctionCall>, rest: object): Part {
  return { functionResponse: withoutMissing({ id, name, response: { ok: true }, ...rest }) };
}

/** An event with what is given of it. */
export function draft(fields: Draft): Event {
  const event = { id: 'e', invocationId: '', timestamp: 0, actions: { stateDelta: {} }, ...fields };
  return withoutMissing(event) as Event;
}

/** Events e1, e2 … with what is given of each. */
export function historyOf(...events: readonly Draft[]): Event[] {
  return events.map((fields, i) =>
    draft({ id: `e${i + 1}`, seq: i + 1, timestamp: i + 1, ...fields }),
  );
}

function withoutMissing<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function isPlain({ actions, erased, seq }: Event): boolean {
  const { rewind, retract, compaction } = actions;
  return seq !== undefined && !erased && !rewind && !retract && !compaction;
}
