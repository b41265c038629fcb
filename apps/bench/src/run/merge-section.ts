import type { SectionResult } from './results.ts';

/**
 * What was measured now, and what is known of those who did not take part. Their figures are of
 * another run, so they are kept only where all else is the same.
 */
export function mergeSection(before: SectionResult | undefined, now: SectionResult): SectionResult {
  if (before === undefined || before.short !== now.short) return now;
  if (JSON.stringify(before.machine) !== JSON.stringify(now.machine)) return now;
  const measured = new Set(now.cells.map(({ contestant }) => contestant));
  const kept = before.cells.filter(({ contestant }) => !measured.has(contestant));
  return {
    ...now,
    versions: { ...before.versions, ...now.versions },
    cells: [...now.cells, ...kept],
  };
}
