import { formatRatio } from '../numbers.ts';
import type { Figures } from './figures.ts';
import { describeEach, FLAT, type GoalOutcome, judgeGrowth, judgeRatios } from './judge-goal.ts';

const STORES = ['memory', 'sqlite', 'postgres', 'mysql', 'redis'] as const;

/** How the figures stand to what is aimed at. */
export function judgeGoals(figures: Figures): readonly GoalOutcome[] {
  const against = (goal: Parameters<typeof judgeRatios>[1]) => judgeRatios(figures, goal);
  return [
    against({
      question: 'Append in memory, to any history',
      ...{ goal: 'no slower than the `Map` with a clone', group: 'memory' },
      ...{ section: 'append', bound: { most: 1 } },
    }),
    judgeGrowth(figures, {
      question: 'Append in memory, to any history',
      ...{ goal: 'flat', section: 'append', contestants: ['memory'] },
    }),
    against({
      question: 'Last 20 events, in memory',
      ...{ goal: 'at most 3 times a look-up with `slice(-20)`', group: 'memory' },
      ...{ section: 'recent', bound: { most: 3 } },
    }),
    against({
      question: 'Append to SQLite',
      ...{ goal: 'at most 1.3 times the bare driver', group: 'sqlite' },
      ...{ section: 'append', bound: { most: 1.3 } },
    }),
    against({
      question: 'Append to PostgreSQL',
      ...{ goal: 'at most 1.15 times the bare statement', group: 'postgres' },
      ...{ section: 'append', bound: { most: 1.15 } },
    }),
    against({
      question: 'PostgreSQL, 16 writers to 16 sessions',
      ...{ goal: 'at least 0.9 of the bare throughput', group: 'postgres' },
      ...{ section: 'writers', bound: { least: 0.9 }, columns: '16 sessions' },
    }),
    against({
      question: 'SQLite, 16 writers to 16 sessions, synchronous=FULL',
      ...{ goal: 'at least 0.9 of 16 bare appends in one transaction', group: 'sqlite-full' },
      ...{ section: 'writers', bound: { least: 0.9 }, columns: '16 sessions' },
    }),
    against({
      question: 'Append to Redis',
      ...{ goal: 'at most 1.2 times the bare script', group: 'redis' },
      ...{ section: 'append', bound: { most: 1.2 } },
    }),
    judgeGrowth(figures, {
      question: 'Last 20 events, every store',
      ...{ goal: 'flat', section: 'recent', contestants: STORES },
    }),
    judgeUnreadEvents(figures),
    judgeGrowth(figures, {
      question: 'A page of 50 sessions, every store',
      ...{ goal: 'flat', section: 'page', contestants: STORES },
    }),
    judgeGrowth(figures, {
      question: 'Append where there is much state, every store',
      ...{ goal: 'flat', section: 'append-keys', contestants: STORES },
    }),
    judgeGrowth(figures, {
      question: 'Append among many sessions, every store',
      ...{ goal: 'flat', section: 'append-among', contestants: STORES },
    }),
    judgeImport(figures),
    judgeInstallation(figures),
  ];
}

function judgeUnreadEvents(figures: Figures): GoalOutcome {
  const section = 'list';
  const found = STORES.flatMap((id) => {
    const full = figures.value(id, { section, at: 'all' });
    const empty = figures.value(id, { section, at: 'all, without events' });
    return full === undefined || empty === undefined ? [] : [{ id, ratio: full / empty }];
  });
  return {
    question: 'List 1,000 sessions, every store',
    goal: `events are never read: at most ${FLAT} times the same without events`,
    measured: describeEach(found),
    reached: found.every(({ ratio }) => ratio <= FLAT),
  };
}

function judgeImport(figures: Figures): GoalOutcome {
  const ratio = figures.ratio('memory', { section: 'start', at: 'import', other: 'node' });
  return {
    question: "`import('@holdfast/in-memory')`",
    goal: 'at most 1.2 times the start of bare Node',
    measured: ratio === undefined ? undefined : `${formatRatio(ratio)} times`,
    reached: ratio !== undefined && ratio <= 1.2,
  };
}

function judgeInstallation(figures: Figures): GoalOutcome {
  const packages = figures.value('memory', { section: 'install', at: 'packages' });
  const megabytes = figures.value('memory', { section: 'install', at: 'MB' });
  const known = packages !== undefined && megabytes !== undefined;
  return {
    question: '`@holdfast/in-memory`, installed',
    goal: 'less than 200 kB, 4 packages',
    measured: known ? `${Math.round(megabytes * 1000)} kB, ${packages} packages` : undefined,
    reached: known && packages <= 4 && megabytes < 0.2,
  };
}
