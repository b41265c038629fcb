import type { Group } from '../contestants/contestant.ts';
import { formatRatio } from '../numbers.ts';
import type { Figures } from './figures.ts';

export interface GoalOutcome {
  readonly question: string;
  readonly goal: string;
  /** In words, with the figures; undefined where it was not measured. */
  readonly measured: string | undefined;
  readonly reached: boolean;
}

/** Up to here, figures of different sizes count as alike. */
export const FLAT = 1.25;

const LIMITS: Readonly<Record<Group, { readonly ours: string; readonly limit: string }>> = {
  memory: { ours: 'memory', limit: 'map' },
  sqlite: { ours: 'sqlite', limit: 'bare-sqlite' },
  'sqlite-full': { ours: 'sqlite-full', limit: 'bare-sqlite-full' },
  postgres: { ours: 'postgres', limit: 'bare-postgres' },
  mysql: { ours: 'mysql', limit: 'bare-mysql' },
  redis: { ours: 'redis', limit: 'bare-redis' },
};

type Bound = { readonly most: number } | { readonly least: number };

export interface Goal {
  readonly question: string;
  readonly goal: string;
  readonly section: string;
  readonly bound: Bound;
}

/** Whether all ratios to the limit are within the bound. */
export function judgeRatios(
  figures: Figures,
  goal: Goal & { readonly group: Group; readonly columns?: string },
): GoalOutcome {
  const { section, bound, group, columns, ...text } = goal;
  const { ours, limit } = LIMITS[group];
  const ratios = figures
    .columns(section)
    .filter((at) => columns === undefined || String(at).startsWith(columns))
    .map((at) => figures.ratio(ours, { section, at, other: limit }))
    .filter((ratio) => ratio !== undefined);
  return {
    question: text.question,
    goal: text.goal,
    measured: ratios.length === 0 ? undefined : `${spanOf(ratios)} times`,
    reached: ratios.every((ratio) =>
      'most' in bound ? ratio <= bound.most : ratio >= bound.least,
    ),
  };
}

/** Whether the figures of all sizes are alike, for each of the contestants. */
export function judgeGrowth(
  figures: Figures,
  goal: Omit<Goal, 'bound'> & { readonly contestants: readonly string[] },
): GoalOutcome {
  const { question, section, contestants } = goal;
  const found = contestants.flatMap((id) => {
    const growth = figures.growth(id, section);
    return growth === undefined ? [] : [{ id, growth }];
  });
  return {
    question,
    goal: `${goal.goal}: the largest at most ${FLAT} times the smallest`,
    measured: describeEach(found.map(({ id, growth }) => ({ id, ratio: growth }))),
    reached: found.every(({ growth }) => growth <= FLAT),
  };
}

/** `memory 1.02, sqlite 1.10`; undefined where nothing was found. */
export function describeEach(
  found: readonly { readonly id: string; readonly ratio: number }[],
): string | undefined {
  if (found.length === 0) return undefined;
  return found.map(({ id, ratio }) => `${id} ${formatRatio(ratio)}`).join(', ');
}

function spanOf(ratios: readonly number[]): string {
  const least = formatRatio(Math.min(...ratios));
  const most = formatRatio(Math.max(...ratios));
  return least === most ? least : `${least} to ${most}`;
}
