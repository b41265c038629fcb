import { allCases } from '../all-cases.ts';
import { runCases } from '../run-conformance.ts';
import type { BrokenService } from './broken-service.ts';
import type { MistakeKind } from './planted-mistakes.ts';

/** A planted mistake, and whether the case about it failed. */
export interface SoughtMistake {
  readonly kind: string;
  readonly fault: string;
  readonly failsAt: string | undefined;
  readonly isFound: boolean;
}

// A case that waits for what never comes has failed as well.
const CASE_TIMEOUT_MS = 10_000;

/** Runs each mistake against the one case that is about it. */
export async function findMistakes(
  kinds: readonly MistakeKind[],
  { seed }: { readonly seed: number },
): Promise<SoughtMistake[]> {
  const sought: SoughtMistake[] = [];
  for (const { kind, mistakes } of kinds) {
    for (const mistake of mistakes) {
      const { fault, failsAt } = mistake;
      sought.push({ kind, fault, failsAt, isFound: await isFound(mistake, seed) });
    }
  }
  return sought;
}

async function isFound(
  { fault, failsAt, ...options }: BrokenService,
  seed: number,
): Promise<boolean> {
  const about = allCases.filter(({ title }) => title === failsAt);
  const caseTimeout = CASE_TIMEOUT_MS;
  const { results } = await runCases(about, { name: fault, seed, caseTimeout, ...options });
  return results.some(
    ({ status, error }) => status === 'failed' && !`${error}`.includes('needs the option'),
  );
}

/** How many of each kind were planted and found, and those that were not. */
export function formatMistakes(sought: readonly SoughtMistake[]): string {
  const kinds = [...new Set(sought.map(({ kind }) => kind))];
  const rows = kinds.map((kind) =>
    rowOf(
      kind,
      sought.filter((each) => each.kind === kind),
    ),
  );
  const missed = sought.filter(({ isFound }) => !isFound);
  const names = missed.map(({ kind, fault, failsAt }) => {
    const about = failsAt === undefined ? 'no case is about it' : `passes "${failsAt}"`;
    return `not found (${kind}): a service that ${fault}: ${about}`;
  });
  const head = ['kind', 'planted', 'found', '%'];
  return [...table([head, ...rows, rowOf('all', sought)]), ...names].join('\n');
}

/** The part of the mistakes that was found, from 0 to 1. */
export function foundRate(sought: readonly SoughtMistake[]): number {
  return sought.filter(({ isFound }) => isFound).length / sought.length;
}

function rowOf(kind: string, sought: readonly SoughtMistake[]): readonly string[] {
  const rate = foundRate(sought);
  const found = Math.round(rate * sought.length);
  return [kind, `${sought.length}`, `${found}`, (rate * 100).toFixed(1)];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  '),
  );
}
