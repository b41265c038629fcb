import type { CellResult } from '../run/results.ts';

/** What the check found for one contestant in all columns: `all there`, or what was lost. */
export function describeChecks(cells: readonly CellResult[]): string {
  const findings = cells.flatMap(({ at, check }) => {
    if (check === undefined) return [];
    const lost: string[] = [];
    if (check.lostEvents > 0) {
      lost.push(`lost ${check.lostEvents} of ${check.acknowledged} acknowledged events`);
    }
    if (check.lostKeys > 0) lost.push(`lost ${check.lostKeys} of ${check.keys} keys`);
    if ((check.gaps ?? 0) > 0) lost.push(`${check.gaps} numbers out of order`);
    if (check.refused > 0) {
      const all = check.refused + check.acknowledged;
      lost.push(`refused ${check.refused} of ${all} appends (“${check.failure}”)`);
    }
    return lost.length === 0 ? [] : [`${at}: ${lost.join(', ')}`];
  });
  if (findings.length > 0) return findings.join('; ');
  return cells.some(({ check }) => check !== undefined) ? 'all there' : 'not checked';
}
