import { HoldfastError } from '@holdfast/core';
import { checkServer, lackingError } from './check-server.ts';
import type { RedisClient } from './redis-client.ts';
import { isLackingCommand } from './redis-error.ts';
import { probeCommands, readLackingCommands } from './scripts/probe-commands.ts';

/** What is wrong with a server. */
export interface Inspection {
  /** What keeps scripts from reading, if anything does. */
  readonly reads: HoldfastError | undefined;
  /** What keeps scripts from writing all that belongs together. */
  readonly writes: HoldfastError | undefined;
  /** What the server does not know, no matter who asks. */
  readonly unknown: HoldfastError | undefined;
}

/** A server that tells about itself, unless its client cannot ask. */
export interface AskedServer {
  info?(): Promise<unknown>;
}

export interface InspectionRun {
  readonly isCluster: boolean;
  readonly waits: boolean;
  /** A key that a call is about: permissions may depend on it. */
  readonly key: string;
  /** Who is asked for its version and settings. */
  readonly servers: readonly AskedServer[];
}

/**
 * Looks at a server before it is used, in one round trip, and writes nothing. Throws what makes
 * the server unsuitable for all. A script that lacks a command would stop half-way, so it must be
 * known beforehand which there are. What a server does not tell about itself is taken to be fine.
 */
export async function inspectServer(client: RedisClient, run: InspectionRun): Promise<Inspection> {
  const probe = probeCommands(run);
  const db = databaseOf(client);
  // What it throws at once must not leave the others alone.
  const evaluate = async () =>
    await client.eval(probe.text, probe.keys.length, ...probe.keys, ...probe.args);
  const answers = [
    ...run.servers.map(async (server) => {
      const info = await server.info?.().catch((error: unknown) => {
        if (isLackingCommand(error)) return undefined;
        throw error;
      });
      if (info !== undefined) checkServer(readInfo(info), run);
    }),
    // If there is no such database, the driver silently goes on in database 0.
    db > 0 ? client.select?.(db) : undefined,
    evaluate(),
  ];
  // Of several errors, the first is the one that explains the others.
  const settled = await Promise.allSettled(answers);
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
  const reply = (settled.at(-1) as PromiseFulfilledResult<unknown>).value;
  const lacking = readLackingCommands(reply);
  return {
    reads: lackingError(lacking.filter(({ isWrite }) => !isWrite)),
    writes: lackingError(lacking),
    unknown: lackingError(lacking.filter(({ isUnknown }) => isUnknown)),
  };
}

function readInfo(info: unknown): string {
  if (typeof info === 'string') return info;
  throw new HoldfastError('misconfigured', {
    message: 'the client changes what the server answers to INFO: it must be text',
  });
}

/** The database that a client is in, or should be: its owner may have changed it. */
function databaseOf(client: RedisClient): number {
  const { condition } = client as { readonly condition?: { readonly select?: unknown } | null };
  return Number(condition?.select ?? client.options?.db ?? 0);
}
