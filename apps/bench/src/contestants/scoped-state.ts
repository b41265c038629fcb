/** A key of state as it is read: the scope it is of, its name there, and its value as JSON. */
export type ScopedEntry = readonly [scope: 'session' | 'user' | 'app', name: string, json: string];

const PREFIXES = { session: '', user: 'user:', app: 'app:' } as const;

/** One object of all scopes, keys with their prefixes. */
export function mergeScopes(entries: Iterable<ScopedEntry>): Record<string, unknown> {
  const state: Record<string, unknown> = {};
  for (const [scope, name, json] of entries) state[PREFIXES[scope] + name] = JSON.parse(json);
  return state;
}
