import type { EventInput } from '@holdfast/core';
import { setOwn } from '@holdfast/core/internal';
import type { AdkDatabaseRow } from './adk-database.ts';
import type { AdkTables } from './adk-tables.ts';
import { standardBase64 } from './standard-base64.ts';
import { type BigIntegers, isBytes, isObject, textOrEmpty } from './stored-json.ts';

/** An event of the database, as a service takes it. */
export type StoredEvent = EventInput & { readonly id: string };

/** An event with what its order follows from, and what was changed in it. */
export interface PlacedEvent {
  readonly event: StoredEvent;
  /** Epoch ms, as exact as it is stored; NaN if it is not a time. */
  readonly time: number;
  /** Where it stands in the order of insertion; the same for all if that is unknown. */
  readonly place: number;
  /** About the length of its JSON. */
  readonly size: number;
  /** How many integers became text. */
  readonly bigIntegers: number;
  /** How many values of bytes were written anew. */
  readonly bytes: number;
}

interface ReadOptions {
  readonly tables: AdkTables;
  readonly bigIntegers: BigIntegers;
}

/**
 * The event in a row of the table `events`. Its fields are written `aB`, its time is in ms, and
 * its bytes are standard base64. `corrupt` if it is not JSON.
 */
export function readStoredEvent(
  row: AdkDatabaseRow,
  { tables, bigIntegers }: ReadOptions,
): PlacedEvent {
  const raw = tables.readEvent(row, bigIntegers);
  const { timestamp } = raw.value;
  const msPerUnit = raw.timeUnit === 's' ? 1000 : 1;
  const shape = new EventShape({
    isSnakeCase: tables.isSnakeCase,
    isByPython: raw.timeUnit === 's',
  });
  const event = shape.of(raw.value);
  event['id'] = textOrEmpty(row['id']);
  let time: number | undefined;
  if (typeof timestamp === 'number') {
    time = timestamp * msPerUnit;
    // As text, a number is not taken for a time in ms unless somebody says so.
    event['timestamp'] = raw.timeUnit === undefined ? String(timestamp) : Math.round(time);
  }
  if (raw.timeUnit === 's') convertCompaction(event['actions']);
  for (const field of ['content', 'author', 'partial', 'actions']) {
    if (event[field] === null) delete event[field];
  }
  return {
    event: event as unknown as StoredEvent,
    time: time ?? Number.NaN,
    place: placeOf(row['place']),
    size: sizeOf(row),
    bigIntegers: raw.bigIntegers,
    bytes: shape.bytes,
  };
}

/** Python has seconds in the times of what a summary stands for, too. */
function convertCompaction(actions: unknown): void {
  const compaction = isObject(actions) ? actions['compaction'] : undefined;
  if (!isObject(compaction)) return;
  for (const field of ['startTimestamp', 'endTimestamp']) {
    const time = compaction[field];
    if (typeof time === 'number') compaction[field] = Math.round(time * 1000);
  }
}

/** SQLite's row id, or PostgreSQL's `(page,line)`, and a page has fewer than 65,536 lines. */
function placeOf(place: unknown): number {
  const numbers = String(place ?? '').match(/\d+/g) ?? [];
  return numbers.reduce((sum, digits) => sum * 65_536 + Number(digits), 0);
}

function sizeOf(row: AdkDatabaseRow): number {
  let size = 0;
  for (const value of Object.values(row)) {
    if (typeof value === 'string') size += value.length;
    else if (isBytes(value)) size += value.byteLength;
  }
  return size;
}

// What lies behind these paths is a user's own, and its keys stay as they are. These are all that
// ADK for JavaScript leaves alone, so what it has written comes back as it was.
const OWN: ReadonlySet<string> = new Set([
  'output',
  'route',
  'customMetadata',
  'content.parts.functionCall.args',
  'content.parts.functionResponse.response',
  'actions.stateDelta',
  'actions.artifactDelta',
  'actions.requestedAuthConfigs',
  'actions.requestedToolConfirmations',
  'actions.customMetadata',
  'actions.agentState',
]);

// What is a user's own beside that, if Python wrote it.
const OWN_IN_PYTHON =
  /(?:^|\.)(?:(?:functionCall|toolCall)\.args|(?:functionResponse|toolResponse)\.response|partMetadata|requestedInput\.(?:payload|responseSchema))$/;

/** Where the types of `@google/genai` have bytes in what an event can hold. */
const BYTES = /(?:^|\.)(?:inlineData\.data|thoughtSignature|searchEntryPoint\.sdkBlob)$/;

interface ShapeOptions {
  readonly isSnakeCase: boolean;
  readonly isByPython: boolean;
}

class EventShape {
  readonly #rename: boolean;
  readonly #isOwn: (path: string) => boolean;
  /** How many values of bytes were written anew. */
  bytes = 0;

  constructor({ isSnakeCase, isByPython }: ShapeOptions) {
    this.#rename = isSnakeCase;
    const isByJavaScript = isSnakeCase && !isByPython;
    this.#isOwn = (path) => OWN.has(path) || (!isByJavaScript && OWN_IN_PYTHON.test(path));
  }

  of(event: Record<string, unknown>): Record<string, unknown> {
    return this.#objectOf(event, '');
  }

  #valueOf(value: unknown, path: string): unknown {
    if (BYTES.test(path)) return this.#bytesOf(value);
    if (Array.isArray(value)) return value.map((item) => this.#valueOf(item, path));
    if (typeof value !== 'object' || value === null) return value;
    return this.#objectOf(value, path);
  }

  #objectOf(object: object, path: string): Record<string, unknown> {
    const shaped: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(object)) {
      const name = this.#rename ? camelCase(key) : key;
      const below = path === '' ? name : `${path}.${name}`;
      setOwn(shaped, name, this.#isOwn(below) ? value : this.#valueOf(value, below));
    }
    return shaped;
  }

  #bytesOf(value: unknown): unknown {
    const standard = standardBase64(value);
    if (standard !== value) this.bytes++;
    return standard;
  }
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
