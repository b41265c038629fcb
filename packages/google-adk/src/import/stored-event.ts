import { type EventInput, setOwn } from '@holdfast/core';
import { corrupt } from './stored-json.ts';

/** An event as the database has it. */
export interface StoredEvent {
  readonly event: EventInput & { readonly id: string };
  /** Epoch ms, as exact as it is stored. */
  readonly time: number;
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
 * An event of the column `event_data`: `a_b` becomes `aB`, as when ADK itself reads it. Its
 * time is in milliseconds where JavaScript wrote it, and in seconds where Python did.
 */
export function readStoredEvent(
  data: Readonly<Record<string, unknown>>,
  row: { readonly id: string; readonly invocationId: string; readonly where: string },
): StoredEvent {
  const event = toCamelCase(data, '') as Record<string, unknown>;
  const { timestamp } = event;
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp)) {
    throw corrupt(`${row.where} has no timestamp`);
  }
  const time = timestamp < FEWEST_MILLISECONDS ? timestamp * 1000 : timestamp;
  event['id'] = row.id;
  event['invocationId'] ??= row.invocationId;
  event['timestamp'] = Math.round(time);
  for (const field of ['content', 'author', 'partial', 'actions']) {
    if (event[field] === null) delete event[field];
  }
  return { event: event as EventInput & { id: string }, time };
}

function toCamelCase(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => toCamelCase(item, path));
  if (typeof value !== 'object' || value === null) return value;
  const converted: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const below = path === '' ? key : `${path}.${key}`;
    setOwn(converted, camelCase(key), OWN_KEYS.has(below) ? item : toCamelCase(item, below));
  }
  return converted;
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
