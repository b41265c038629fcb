import type { Contestant, Group } from '../contestants/contestant.ts';
import { QUESTIONS } from '../questions/catalogue.ts';
import { FULL_EFFORT, SHORT_EFFORT } from '../questions/effort.ts';
import type { Question } from '../questions/question.ts';
import type { CommandLine } from './command-line.ts';
import { APP_FOLDER, PEERS_FOLDER } from './folders.ts';
import { describeMachine } from './machine.ts';
import { mergeSection } from './merge-section.ts';
import { packageVersions } from './package-versions.ts';
import { Places } from './places.ts';
import { readResults, writeResults } from './results.ts';
import { runQuestion } from './run-question.ts';
import { connectServers, type ServerAdmin } from './server-admins.ts';
import type { Servers } from './servers.ts';

export interface BenchOptions {
  readonly line: CommandLine;
  readonly folder: string;
  readonly servers: Servers;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/**
 * Measures what is asked for, and keeps it in `folder` after each question. Gives how often
 * Holdfast or a limit failed; what other libraries cannot do is part of the result.
 */
export async function runBench(options: BenchOptions): Promise<number> {
  const { line, servers, log } = options;
  const { admins, absent } = await connectServers(servers);
  for (const { group, reason } of absent) log(`${group} is left out: ${reason}`);
  const places = new Places({ servers, admins });
  let failures = 0;
  try {
    for (const { question, sections } of askedQuestions(line)) {
      const out = new Set(absent.map(({ group }) => group));
      failures += await measure({ ...options, question, sections, admins, places, out });
    }
    return failures;
  } finally {
    places.close();
    await Promise.all(admins.map((admin) => admin.close()));
  }
}

/** Whether other libraries have a part in what is asked for. */
export function asksPeers(line: CommandLine): boolean {
  const out = new Set<Group>();
  return askedQuestions(line).some(({ question }) =>
    question.contestants.some((each) => each.kind === 'peer' && takesPart(each, { line, out })),
  );
}

function askedQuestions({ sections: wanted }: CommandLine) {
  return QUESTIONS.map((question) => ({
    question,
    sections: question.sections.map(({ id }) => id).filter((id) => wanted?.includes(id) ?? true),
  })).filter(({ sections }) => sections.length > 0);
}

async function measure(
  options: BenchOptions & {
    readonly question: Question;
    readonly sections: readonly string[];
    readonly admins: readonly ServerAdmin[];
    readonly places: Places;
    /** Whose server is not there. */
    readonly out: ReadonlySet<Group>;
  },
): Promise<number> {
  const { question, sections, line, folder, admins, out } = options;
  const contestants = question.contestants.filter((each) => takesPart(each, { line, out }));
  const collector = await runQuestion({
    ...options,
    contestants,
    rounds: line.rounds,
    effort: line.short ? SHORT_EFFORT : FULL_EFFORT,
    timeoutMs: question.timeoutMs ?? 180_000,
  });
  const packages = contestants.flatMap((each) => each.packages);
  const results = { ...readResults(folder) };
  for (const id of sections) {
    results[id] = mergeSection(results[id], {
      date: new Date().toISOString().slice(0, 10),
      rounds: line.rounds,
      short: line.short,
      machine: describeMachine(admins.map(({ version }) => version)),
      versions: packageVersions(packages, [APP_FOLDER, PEERS_FOLDER]),
      cells: collector.section(id),
    });
  }
  writeResults(folder, results);
  const own = contestants.filter(({ kind }) => kind !== 'peer').map(({ id }) => id);
  return sections
    .flatMap((id) => collector.section(id))
    .filter(({ contestant, missing }) => missing !== undefined && own.includes(contestant)).length;
}

function takesPart(
  { id, kind, group }: Contestant,
  { line, out }: { readonly line: CommandLine; readonly out: ReadonlySet<Group> },
): boolean {
  if (out.has(group)) return false;
  if (line.only !== undefined) return line.only.includes(id);
  return kind !== 'peer' || line.peers;
}
