import type { Contestant } from '../contestants/contestant.ts';
import { GROUP_TITLES, GROUPS } from '../contestants/contestant.ts';
import { formatRatio, formatSamples } from '../numbers.ts';
import type { Section } from '../questions/question.ts';
import type { CellResult } from '../run/results.ts';
import { describeChecks } from './describe-check.ts';
import type { Figures } from './figures.ts';

/** The table of one section as Markdown: a row for each contestant, a column for each size. */
export function sectionTable(
  figures: Figures,
  {
    section,
    contestants,
  }: { readonly section: Section; readonly contestants: readonly Contestant[] },
): string {
  const columns = figures.columns(section.id);
  const cells = figures.section(section.id)?.cells ?? [];
  const hasChecks = cells.some(({ check }) => check !== undefined);
  const head = [
    'kept in',
    '',
    ...columns.map((at) => (typeof at === 'number' ? at.toLocaleString('en-US') : at)),
    'times the limit',
    ...(hasChecks ? ['afterwards'] : []),
  ];
  const rows = GROUPS.flatMap((group) => {
    const ofGroup = contestants.filter((each) => each.group === group);
    return ofGroup.flatMap((contestant) => {
      const own = cells.filter((cell) => cell.contestant === contestant.id);
      if (own.length === 0) return [];
      return [
        [
          GROUP_TITLES[group],
          contestant.kind === 'holdfast' ? `**${contestant.name}**` : contestant.name,
          ...columns.map((at) => formatCell(own.find((cell) => cell.at === at))),
          timesTheLimit(figures, { section: section.id, contestant, ofGroup }),
          ...(hasChecks ? [describeChecks(own)] : []),
        ],
      ];
    });
  });
  const line = (texts: readonly string[]) => `| ${texts.map(escapeCell).join(' | ')} |`;
  const rule = `| --- | --- |${columns.map(() => ' ---: |').join('')} ---: |${hasChecks ? ' --- |' : ''}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function formatCell(cell: CellResult | undefined): string {
  if (cell === undefined) return '–';
  return cell.samples.length > 0 ? formatSamples(cell.samples) : (cell.missing ?? '–');
}

function timesTheLimit(
  figures: Figures,
  row: {
    readonly section: string;
    readonly contestant: Contestant;
    readonly ofGroup: readonly Contestant[];
  },
): string {
  const { section, contestant, ofGroup } = row;
  const limit = ofGroup.find(({ kind }) => kind === 'limit');
  if (limit === undefined || limit === contestant) return '';
  const ratios = figures
    .columns(section)
    .map((at) => figures.ratio(contestant.id, { section, at, other: limit.id }))
    .filter((ratio) => ratio !== undefined && Number.isFinite(ratio))
    .map(Number);
  if (ratios.length === 0) return '';
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(formatRatio);
  return least === most ? `${least}` : `${least}–${most}`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
