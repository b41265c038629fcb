import type { Contestant, Group } from '../contestants/contestant.ts';
import { GROUP_TITLES, GROUPS } from '../contestants/contestant.ts';
import type { Figures } from './figures.ts';
import { type Stroke, strokeOf } from './svg.ts';

/** One contestant of a picture, with its figures. */
export interface Series {
  readonly name: string;
  readonly stroke: Stroke;
  readonly values: readonly { readonly at: number | string; readonly value: number }[];
}

/** What stands on one ground, so that it may be compared. */
export interface Panel {
  readonly group: Group;
  readonly title: string;
  readonly series: readonly Series[];
}

/** The panels of a section: one for each group that was measured. */
export function panelsOf(
  figures: Figures,
  {
    section,
    contestants,
  }: { readonly section: string; readonly contestants: readonly Contestant[] },
): readonly Panel[] {
  return GROUPS.flatMap((group) => {
    let peers = 0;
    const series = contestants
      .filter((each) => each.group === group)
      .map(({ id, name, kind }) => ({
        name: kind === 'holdfast' ? 'Holdfast' : name,
        stroke: strokeOf(kind, kind === 'peer' ? peers++ : 0),
        values: figures.columns(section).flatMap((at) => {
          const value = figures.value(id, { section, at });
          return value === undefined || value <= 0 ? [] : [{ at, value }];
        }),
      }))
      .filter(({ values }) => values.length > 0);
    return series.length === 0 ? [] : [{ group, title: GROUP_TITLES[group], series }];
  });
}
