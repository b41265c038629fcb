import { CONTESTANTS } from '../contestants/catalogue.ts';
import { type Contestant, GROUP_TITLES } from '../contestants/contestant.ts';
import { QUESTIONS } from '../questions/catalogue.ts';
import type { Figures } from './figures.ts';
import type { GoalOutcome } from './judge-goal.ts';

interface Comparison {
  readonly compared: number;
  /** In how many figures Holdfast is slower, by peer and section. */
  readonly slower: ReadonlyMap<string, number>;
}

/** Whether Holdfast is quicker than every peer that does the same work, on every question. */
export function judgePeers(figures: Figures): GoalOutcome {
  const same = compare(figures, true);
  return {
    question: 'Every question, against every peer that does the same work',
    goal: 'faster, and smaller',
    measured: same.compared === 0 ? undefined : describe(same),
    reached: same.slower.size === 0,
  };
}

/** The same against peers that do less, or something else: no goal, but good to know. */
export function describeOtherPeers(figures: Figures): string | undefined {
  const other = compare(figures, false);
  return other.compared === 0 ? undefined : describe(other);
}

function describe({ compared, slower }: Comparison): string {
  const count = [...slower.values()].reduce((sum, each) => sum + each, 0);
  const faster = `${compared - count} of ${compared} figures`;
  if (count === 0) return faster;
  const where = [...slower].map(([name, times]) => (times === 1 ? name : `${name} (${times})`));
  return `${faster}; not against ${where.join('; ')}`;
}

function compare(figures: Figures, sameWork: boolean): Comparison {
  let compared = 0;
  const slower = new Map<string, number>();
  const peers = CONTESTANTS.filter(
    (each) => each.kind === 'peer' && (each.sameWork ?? false) === sameWork,
  );
  for (const peer of peers) {
    for (const { id: section, unit } of QUESTIONS.flatMap(({ sections }) => sections)) {
      for (const ratio of ratiosTo(figures, { peer, section })) {
        compared++;
        if (unit === 'appends/s' ? ratio >= 1 : ratio <= 1) continue;
        const name = `${peer.name} (${GROUP_TITLES[peer.group]}), ${section}`;
        slower.set(name, (slower.get(name) ?? 0) + 1);
      }
    }
  }
  return { compared, slower };
}

/** How many times the figures of a peer those of Holdfast are, on the same ground. */
function ratiosTo(
  figures: Figures,
  { peer, section }: { readonly peer: Contestant; readonly section: string },
): readonly number[] {
  const ours = CONTESTANTS.find(({ kind, group }) => kind === 'holdfast' && group === peer.group);
  if (ours === undefined) return [];
  return figures
    .columns(section)
    .map((at) => figures.ratio(ours.id, { section, at, other: peer.id }))
    .filter((ratio) => ratio !== undefined);
}
