import type { AppendRequest, BenchStore } from '../contestants/bench-store.ts';
import { eventId } from '../contestants/sample-event.ts';

const WRITERS = 16;
// More would fill the memory without making the figure any better.
const MOST_APPENDS = 2_500;
const EVENTS_PER_WRITER = 1_000_000;

export interface LoadOptions {
  readonly user: string;
  /** To how many sessions they write: one each, or one for all. */
  readonly sessions: number;
  /** Whether they change state of the app. */
  readonly app: boolean;
  readonly ms: number;
}

export interface Writer {
  readonly id: number;
  readonly session: string;
  /** The ids of the events that were acknowledged. */
  readonly acknowledged: string[];
  /** The last value of its keys that was acknowledged. */
  last?: number;
}

export interface Load extends LoadOptions {
  /** Acknowledged appends in a second. */
  readonly rate: number;
  readonly writers: readonly Writer[];
  readonly refused: number;
  readonly failure?: string;
}

/** Lets the writers append until the time is over. */
export async function runLoad(store: BenchStore, options: LoadOptions): Promise<Load> {
  const { user, ms } = options;
  const sessions = Array.from({ length: options.sessions }, (_, i) => `${user}-${i}`);
  await store.fill({ user, sessions, from: 0, count: 0 });
  const writers = Array.from({ length: WRITERS }, (_, id): Writer => {
    return { id, session: sessions[id % sessions.length] ?? '', acknowledged: [] };
  });
  const failures: unknown[] = [];
  const start = performance.now();
  const isOver = (round: number) => round >= MOST_APPENDS || performance.now() - start > ms;
  const together = store.appendTogether?.bind(store);
  if (together !== undefined) {
    for (let round = 0; !isOver(round); round++) {
      await together(writers.map((writer) => requestOf(writer, { ...options, round })));
      for (const writer of writers) acknowledge(writer, round);
    }
  } else {
    const write = async (writer: Writer) => {
      for (let round = 0; !isOver(round); round++) {
        try {
          await store.append(requestOf(writer, { ...options, round }));
          acknowledge(writer, round);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(writers.map(write));
  }
  const seconds = (performance.now() - start) / 1000;
  const acknowledged = writers.reduce((sum, each) => sum + each.acknowledged.length, 0);
  return {
    ...options,
    rate: acknowledged / seconds,
    writers,
    refused: failures.length,
    ...(failures.length > 0 ? { failure: messageOf(failures[0]) } : {}),
  };
}

/** The names of the keys that a writer sets. */
export function keysOf({ id }: Writer, { app }: Pick<LoadOptions, 'app'>): readonly string[] {
  const key = `writer-${id}`;
  return app ? [key, `user:${key}`, `app:${key}`] : [key, `user:${key}`];
}

function requestOf(writer: Writer, at: LoadOptions & { readonly round: number }): AppendRequest {
  const { user, round } = at;
  return {
    user,
    session: writer.session,
    writer: writer.id,
    n: numberOf(writer, round),
    delta: Object.fromEntries(keysOf(writer, at).map((key) => [key, round])),
  };
}

function numberOf({ id }: Writer, round: number): number {
  return id * EVENTS_PER_WRITER + round;
}

function acknowledge(writer: Writer, round: number): void {
  writer.acknowledged.push(eventId(numberOf(writer, round)));
  writer.last = round;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.slice(0, 120) ?? '';
}
