import type { EventInput } from '@holdfast/core';
import type { AdkDatabaseRow } from './adk-database.ts';
import { corrupt, jsonObjectOf, textOf } from './stored-json.ts';

/** An event of the database, as a service takes it. */
export type StoredEvent = EventInput & { readonly id: string };

/** An event with what its order follows from. */
export interface PlacedEvent {
  readonly event: StoredEvent;
  /** Epoch ms, as exact as it is stored. */
  readonly time: number;
  /** Where it stands in the order of insertion; the same for all if that is unknown. */
  readonly place: number;
}

// What lies behind these paths is a user's own, and its keys stay as they are.
const OWN_KEYS: ReadonlySet<string> = new Set([
  'output',
  'route',
  'custom_metadata',
  'content.parts.function_call.args',
  'content.parts.function_response.response',
  'actions.state_delta',
  'actions.artifact_delta',
  'actions.requested_auth_configs',
  'actions.requested_tool_confirmations',
  'actions.custom_metadata',
  'actions.agent_state',
]);

// 1e11 seconds lie in the year 5138, 1e11 milliseconds in 1973.
const FEWEST_MILLISECONDS = 1e11;

/**
 * The event in a row of the table `events`: `a_b` becomes `aB`, as when ADK itself reads it. Its
 * time is in milliseconds if JavaScript wrote it, and in seconds if Python did. `where` names it.
 */
export function readStoredEvent(row: AdkDatabaseRow, where: string): PlacedEvent {
  const event = toCamelCase(jsonObjectOf(row['event_data'], where), '') as Record<string, unknown>;
  const { timestamp } = event;
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp)) {
    throw corrupt(`${where} has no timestamp`);
  }
  const time = timestamp < FEWEST_MILLISECONDS ? timestamp * 1000 : timestamp;
  event['id'] = textOf(row['id']);
  event['invocationId'] ??= textOf(row['invocation_id']);
  event['timestamp'] = Math.round(time);
  for (const field of ['content', 'author', 'partial', 'actions']) {
    if (event[field] === null) delete event[field];
  }
  return { event: event as unknown as StoredEvent, time, place: placeOf(row['place']) };
}

/** SQLite's row id, or PostgreSQL's `(page,line)`, and a page has fewer than 65,536 lines. */
function placeOf(place: unknown): number {
  const numbers = String(place ?? '').match(/\d+/g) ?? [];
  return numbers.reduce((sum, digits) => sum * 65_536 + Number(digits), 0);
}

function toCamelCase(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => toCamelCase(item, path));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    const below = path === '' ? key : `${path}.${key}`;
    return [camelCase(key), OWN_KEYS.has(below) ? item : toCamelCase(item, below)];
  });
  return Object.fromEntries(entries);
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
