import {
  type Event,
  isHoldfastError,
  type JsonObject,
  type JsonValue,
  type SessionKey,
} from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';
import type { ExportRecord, SessionRecord } from './export-record.ts';
import { badRecord, checkRecords, readRecord } from './read-record.ts';
import type { ImportPart } from './requests.ts';
import type { SessionService } from './session-service.ts';

/** What an import has done. */
export interface ImportResult {
  /** How many sessions it wrote. */
  readonly sessions: number;
  /** How many events these have. */
  readonly events: number;
  /** How many states of apps and users it wrote. */
  readonly states: number;
  /** How many sessions it left out because they exist already. */
  readonly present: number;
  /** How many sessions it left out because the records lack their last events. */
  readonly incomplete: number;
}

// One part of a session.
const PART_EVENTS = 250;
const PART_CHARACTERS = 4 * 1024 * 1024;

/**
 * Writes the records of `exportUser` or `exportApp` to any service. It can be run again: a session
 * that exists is left as it is, and one that was written in part begins anew. Other calls see a
 * session once all of it has been written. States are set key by key; other keys stay.
 *
 * @example
 * const lines = createInterface({ input: createReadStream('shop.jsonl') });
 * await importRecords(service, (async function* () {
 *   for await (const line of lines) yield JSON.parse(line);
 * })());
 */
export async function importRecords(
  service: Pick<SessionService, 'get' | 'importSession' | 'updateState'>,
  records: AsyncIterable<ExportRecord> | Iterable<ExportRecord>,
): Promise<ImportResult> {
  const count = { sessions: 0, events: 0, states: 0, present: 0, incomplete: 0 };
  let current: SessionImport | undefined;
  let place = 0;
  checkRecords(records);
  const end = async () => {
    const outcome = await current?.end();
    if (outcome === undefined) return;
    count[outcome]++;
    if (outcome === 'sessions') count.events += current?.record.revision ?? 0;
    current = undefined;
  };
  for await (const given of records) {
    place++;
    const record = readRecord(given, place);
    switch (record.type) {
      case 'state': {
        await end();
        const { appName, userId, state } = record;
        const owner =
          userId === undefined
            ? ({ scope: 'app', appName } as const)
            : ({ scope: 'user', appName, userId } as const);
        for (const set of partsOf(state)) await service.updateState({ ...owner, set });
        count.states++;
        break;
      }
      case 'session':
        await end();
        current = await SessionImport.begin(service, record);
        break;
      case 'event':
        if (current === undefined || !isSame(current.record, record)) {
          throw badRecord(place, 'is an event of another session than that before it');
        }
        await current.add(record.event);
        break;
    }
  }
  await end();
  return Object.freeze(count);
}

/** A session on its way in. */
class SessionImport {
  readonly record: SessionRecord;
  readonly #service: Pick<SessionService, 'importSession'>;
  readonly #key: SessionKey;
  #part: ImportPart | undefined;
  #isPresent: boolean;
  #waiting: Event[] = [];
  #characters = 0;
  #added = 0;

  private constructor(
    service: Pick<SessionService, 'importSession'>,
    { record, isPresent }: { readonly record: SessionRecord; readonly isPresent: boolean },
  ) {
    const { appName, userId, sessionId } = record;
    this.record = record;
    this.#service = service;
    this.#key = { appName, userId, sessionId };
    this.#isPresent = isPresent;
  }

  static async begin(
    service: Pick<SessionService, 'get' | 'importSession'>,
    record: SessionRecord,
  ): Promise<SessionImport> {
    const { appName, userId, sessionId } = record;
    const found = await service.get({ appName, userId, sessionId, numRecentEvents: 0 });
    return new SessionImport(service, { record, isPresent: found !== undefined });
  }

  async add(event: Event): Promise<void> {
    this.#added++;
    if (this.#isPresent) return;
    this.#waiting.push(event);
    this.#characters += charactersOf(event);
    const isMuch = this.#waiting.length >= PART_EVENTS || this.#characters >= PART_CHARACTERS;
    // The last part comes at the end, when it is known that all are there.
    if (isMuch && this.#added < this.record.revision) await this.#write();
  }

  async end(): Promise<'sessions' | 'present' | 'incomplete'> {
    if (this.#isPresent) return 'present';
    if (this.#added < this.record.revision) return 'incomplete';
    await this.#write();
    return this.#isPresent ? 'present' : 'sessions';
  }

  async #write(): Promise<void> {
    const events = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    try {
      this.#part = await this.#service.importSession({
        ...this.#key,
        session: this.record,
        events,
        ...(this.#part !== undefined && { part: this.#part }),
      });
    } catch (error) {
      if (!isHoldfastError(error, 'already_exists')) throw error;
      // Somebody else was faster.
      this.#isPresent = true;
    }
  }
}

/** A state in parts, since it may be larger than a call may be. */
function partsOf(state: JsonObject): readonly Record<string, JsonValue>[] {
  const parts: Record<string, JsonValue>[] = [];
  let characters = PART_CHARACTERS;
  for (const [name, value] of Object.entries(state)) {
    const more = name.length + charactersOf(value);
    if (characters + more > PART_CHARACTERS) {
      parts.push({});
      characters = 0;
    }
    characters += more;
    setOwn(parts.at(-1) as object, name, value);
  }
  return parts;
}

/** What is not JSON is a part of its own: the service refuses it, and says where it is. */
function charactersOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? PART_CHARACTERS;
  } catch {
    return PART_CHARACTERS;
  }
}

function isSame(a: SessionKey, b: SessionKey): boolean {
  return a.appName === b.appName && a.userId === b.userId && a.sessionId === b.sessionId;
}
