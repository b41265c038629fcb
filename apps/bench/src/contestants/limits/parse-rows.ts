import { mergeScopes, type ScopedEntry } from '../scoped-state.ts';

/** A row of what is read of a session: its kind, a name, and JSON; of an event, its `seq`. */
export type ReadRow = readonly [kind: string, name: string | number, body: string];

/** The events in their order, and the state, parsed. */
export function parseRows(rows: readonly ReadRow[]) {
  const events: { readonly seq: number; readonly event: Record<string, unknown> }[] = [];
  const entries: ScopedEntry[] = [];
  let found = false;
  for (const [kind, name, body] of rows) {
    if (kind === 'event') events.push({ seq: Number(name), event: JSON.parse(body) });
    else if (kind === 'head') found = true;
    else entries.push([kind as ScopedEntry[0], String(name), body]);
  }
  if (!found) throw new Error('the session is missing');
  events.sort((a, b) => a.seq - b.seq);
  return { events, state: mergeScopes(entries) };
}

/** What a check asks of the same rows. */
export function auditRows(rows: readonly ReadRow[]) {
  const { events, state } = parseRows(rows);
  return {
    ids: events.map(({ event }) => String(event['id'])),
    seqs: events.map(({ seq }) => seq),
    state,
  };
}
