import type { Event } from '@google/adk';

/**
 * What two runs of one script have in common: each id becomes its place among the ids that came
 * before, and times go.
 */
export function comparable(value: unknown): unknown {
  const names = new Map<string, string>();
  const nameOf = (id: string) => {
    const name = names.get(id) ?? `id-${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  const isId = (key: string) => ['id', 'invocationId', 'functionCallId'].includes(key);
  const walk = (item: unknown, key: string): unknown => {
    if (typeof item === 'string') {
      return isId(key) || item.startsWith('adk-') ? nameOf(item) : item;
    }
    if (Array.isArray(item)) return item.map((each) => walk(each, key));
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(
      Object.entries(item)
        .filter(([name]) => name !== 'timestamp' && name !== 'lastUpdateTime')
        .map(([name, each]) => [nameOfKey(name), walk(each, name)]),
    );
  };
  const nameOfKey = (key: string) => (key.startsWith('adk-') ? nameOf(key) : key);
  return walk(JSON.parse(JSON.stringify(value)), '');
}

/** The events of a session that are the same as JSON. */
export function jsonOf(events: readonly Event[]): string[] {
  return events.map((event) => JSON.stringify(event));
}
