import { CONTESTANTS } from '../contestants/catalogue.ts';
import type { Contestant } from '../contestants/contestant.ts';
import { GROUP_TITLES } from '../contestants/contestant.ts';
import { QUESTIONS } from '../questions/catalogue.ts';
import type { Section } from '../questions/question.ts';
import type { SectionResult } from '../run/results.ts';
import type { Figures } from './figures.ts';
import { judgeGoals } from './goals.ts';
import { FLAT } from './judge-goal.ts';
import { describeOtherPeers, judgePeers } from './peer-comparison.ts';
import { sectionTable } from './section-table.ts';

const INTRO = `# Benchmarks

What a session store costs: Holdfast, other libraries, and the physical limit, side by side. This page, its pictures and \`results.json\` are written by \`npm run bench\`; no figure is put in by hand. [The application](../../apps/bench) tells how to run it.

Each contestant answers each question in a process of its own, warmed up before. All have their turn in one round, then comes the next round, so that whatever else the machine does meets all alike. A figure is the median of the rounds; the smallest and the largest stand in brackets. “Times the limit” is taken round by round, over all columns. Times rise and fall with the machine: look at the ratios.

The limit of a store is the least that does the same writes: the bare driver with the same tables, indexes, constraints, durability and JSON, which checks nothing but whether its rows were written. Other libraries are used in their own vocabulary, in the quickest way that their documentation or their code offers. What they do less, or more, stands [at the end](#who-takes-part).`;

/** The report as Markdown. `pictures` are the sections that have one. */
export function renderReport(figures: Figures, pictures: ReadonlySet<string>): string {
  const sections = QUESTIONS.flatMap(({ sections: own, contestants }) =>
    own.map((section) => ({ section, contestants })),
  ).filter(({ section }) => figures.section(section.id) !== undefined);
  const parts = [INTRO, ...renderGoals(figures)];
  for (const { section, contestants } of sections) {
    parts.push(...renderSection(figures, { section, contestants, pictures }));
  }
  parts.push('## Who takes part', renderContestants(figures));
  parts.push('## Machine and versions', ...renderVersions(figures));
  return `${parts.join('\n\n')}\n`;
}

function renderGoals(figures: Figures): readonly string[] {
  const goals = [...judgeGoals(figures), judgePeers(figures)];
  const measured = goals.filter((goal) => goal.measured !== undefined);
  if (measured.length === 0) return [];
  const rows = measured.map(
    (goal) =>
      `| ${goal.question} | ${goal.goal} | ${goal.measured} | ${goal.reached ? 'yes' : '**no**'} |`,
  );
  const others = describeOtherPeers(figures);
  return [
    '## Goals',
    ['| question | goal | measured | reached |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    `Figures count as flat up to ${FLAT} times: smaller differences come and go from run to run.`,
    ...(others === undefined
      ? []
      : [`Against libraries that do less, or something else, Holdfast is faster in ${others}.`]),
  ];
}

function renderSection(
  figures: Figures,
  options: {
    readonly section: Section;
    readonly contestants: readonly Contestant[];
    readonly pictures: ReadonlySet<string>;
  },
): readonly string[] {
  const { section, pictures } = options;
  const { id, title, unit, axis, method } = section;
  const result = figures.section(id);
  const better = unit === 'appends/s' ? 'More is better.' : 'Less is better.';
  const units = unit === '' ? '' : `In ${unit}, by ${axis}. `;
  return [
    `## ${title}`,
    method,
    `${units}${better} ${result === undefined ? '' : describeRun(result)}`,
    ...(pictures.has(id) ? [`![${title}, as a picture](${id}.svg)`] : []),
    sectionTable(figures, options),
  ];
}

function describeRun({ date, rounds, short }: SectionResult): string {
  const kind = short ? ' in the short form, whose figures say nothing' : '';
  return `Measured on ${date}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${kind}.`;
}

function renderContestants(figures: Figures): string {
  const measured = new Set(
    Object.values(figures.results).flatMap(({ cells }) => cells.map((cell) => cell.contestant)),
  );
  const rows = CONTESTANTS.filter(({ id }) => measured.has(id)).map(
    ({ name, group, note }) => `| ${GROUP_TITLES[group]} | ${name} | ${note} |`,
  );
  return ['| kept in | who | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Each machine once, with the sections that were measured on it. */
function renderVersions(figures: Figures): readonly string[] {
  const machines = new Map<string, { readonly result: SectionResult; readonly ids: string[] }>();
  const versions: Record<string, string> = {};
  for (const [id, result] of Object.entries(figures.results)) {
    const name = JSON.stringify({ ...result.machine, date: result.date });
    const known = machines.get(name) ?? { result, ids: [] };
    known.ids.push(id);
    machines.set(name, known);
    Object.assign(versions, result.versions);
  }
  const rows = Object.entries(versions)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, version]) => `| ${name} | ${version} |`);
  return [
    ...[...machines.values()].map(({ result: { machine, date }, ids }) => {
      const { processor, cores, memoryGb, system, node, servers } = machine;
      const of = machines.size > 1 ? ` (${ids.join(', ')})` : '';
      const software = [`Node ${node}`, ...servers].join(', ');
      return `${date}${of}: ${processor}, ${cores} cores, ${memoryGb} GB, ${system}; ${software}. The servers run on the same machine, as they are when installed.`;
    }),
    ['| package | version |', '| --- | --- |', ...rows].join('\n'),
  ];
}
