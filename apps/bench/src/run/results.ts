import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../questions/question.ts';

/** What one contestant answered to one cell, in all rounds. */
export interface CellResult {
  readonly contestant: string;
  readonly at: number | string;
  readonly samples: readonly number[];
  /** Why there is no sample. */
  readonly missing?: string;
  /** Of all rounds together. */
  readonly check?: Check;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly servers: readonly string[];
}

/** One table, and how it came about. */
export interface SectionResult {
  /** Of the day on which it was measured: `2026-01-31`. */
  readonly date: string;
  readonly rounds: number;
  readonly short: boolean;
  readonly machine: Machine;
  /** Versions by package. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cells: readonly CellResult[];
}

/** All tables, by the id of the section. One can be measured again without the others. */
export type Results = Readonly<Record<string, SectionResult>>;

const FILE = 'results.json';

/** What was measured before; nothing where there is no such file. */
export function readResults(folder: string): Results {
  const file = join(folder, FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {};
}

export function writeResults(folder: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FILE), `${JSON.stringify(results, undefined, 2)}\n`);
}
