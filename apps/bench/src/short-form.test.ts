import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEASURED_CALLS } from './against/calls.ts';
import type { AgainstResults } from './against/run-against.ts';
import { CONTESTANTS } from './contestants/catalogue.ts';
import { QUESTIONS } from './questions/catalogue.ts';
import type { Results } from './run/results.ts';
import { packInto } from './start/pack-workspace.ts';

const run = promisify(execFile);
const app = fileURLToPath(new URL('..', import.meta.url));
const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const SERVERS = ['postgres', 'mysql', 'redis'];

// What ends a run that hangs. No figure is judged by it.
const LONGEST_MS = 600_000;

// Packing and installing takes longer than all the rest.
const SECTIONS = QUESTIONS.filter(({ id }) => id !== 'start').flatMap(({ sections }) =>
  sections.map(({ id }) => id),
);

const NARROW = ['fork', 'active', 'sweep', 'watch-idle', 'watch-told'];
const WIDE = SECTIONS.filter((section) => !NARROW.includes(section));

beforeAll(async () => {
  await run('npm', ['run', '--silent', 'build'], { cwd: app });
}, LONGEST_MS);

describe('the short form', () => {
  let folder: string;
  let results: Results;
  let said: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-short-'));
    const args = ['dist/main.js', '--short', '--out', folder];
    const { stderr } = await run(process.execPath, [...args, ...WIDE], { cwd: app });
    said = stderr;
    // Each of them asks every store alike, so a few stores show that they work.
    const few = ['--only', 'memory,sqlite,bare-sqlite'];
    await run(process.execPath, [...args, ...few, ...NARROW], { cwd: app });
    results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  }, LONGEST_MS);

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(SECTIONS)('measures all that it says it measures: %s', (section) => {
    const cells = results[section]?.cells ?? [];
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) {
      expect(cell).not.toHaveProperty('missing');
      // Of what is in memory, a collection of garbage may leave less than there was.
      if (section !== 'memory') expect(Math.min(...cell.samples)).toBeGreaterThan(0);
    }
  });

  it('asks every store and every limit, but for servers that are not there', () => {
    const asked = new Set(
      Object.values(results).flatMap(({ cells }) => cells.map((cell) => cell.contestant)),
    );
    const absent = SERVERS.filter((server) => said.includes(`${server} is left out`));
    if (process.env['CI'] !== undefined) expect(absent).toStrictEqual([]);
    const expected = CONTESTANTS.filter(
      ({ kind, group }) => kind !== 'peer' && !absent.includes(group),
    );
    expect([...asked].sort()).toStrictEqual(expected.map(({ id }) => id).sort());
  });

  it.for(SERVERS)('measures what is kept in a server: %s', (server, context) => {
    if (said.includes(`${server} is left out`) && process.env['CI'] === undefined) context.skip();
    expect(said).not.toContain(`${server} is left out`);
  });

  it('loses nothing under load', () => {
    const checks = results['writers']?.cells.map(({ check }) => check) ?? [];
    expect(checks.length).toBeGreaterThan(0);
    for (const check of checks) {
      expect(check).toMatchObject({ lostEvents: 0, lostKeys: 0, refused: 0 });
      expect(check?.acknowledged).toBeGreaterThan(0);
    }
  });

  it('writes a report with a table for each section, and its pictures', () => {
    const report = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const { sections } of QUESTIONS) {
      for (const { id, title, picture } of sections) {
        if (!SECTIONS.includes(id)) continue;
        expect(report).toContain(`## ${title}`);
        if (picture === 'none') continue;
        expect(report).toContain(`(${id}.svg)`);
        expect(readFileSync(join(folder, `${id}.svg`), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
      }
    }
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the short form of a comparison', () => {
  const STORES = ['memory', 'sqlite'];
  let folder: string;
  let results: AgainstResults;
  let printed: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-short-'));
    const [packed, json] = [join(folder, 'packed'), join(folder, 'results.json')];
    packInto(packed, workspace);
    // With itself, so that it is built and packed once.
    const builds = ['--against', packed, '--now', packed];
    const args = ['dist/main.js', ...builds, '--short', '--only', STORES.join(), '--json', json];
    const { stdout } = await run(process.execPath, args, { cwd: app });
    printed = stdout;
    results = JSON.parse(readFileSync(json, 'utf8'));
  }, LONGEST_MS);

  afterAll(() => rmSync(folder, { recursive: true }));

  it('compares on the stores that are named', () => {
    expect(Object.keys(results.stores)).toStrictEqual(STORES);
  });

  it.each(STORES)('measures and prints every call: %s', (store) => {
    const found = results.stores[store] ?? [];
    expect(found.map(({ call }) => call)).toStrictEqual(MEASURED_CALLS.map(({ id }) => id));
    for (const result of found) {
      expect(result).not.toHaveProperty('failure');
      expect(result).toMatchObject({ before: expect.any(Number), ratio: expect.any(Number) });
      expect(printed.split(`| ${result.call} |`)).toHaveLength(STORES.length + 1);
    }
    expect(printed).not.toMatch(/NaN|undefined|Infinity/);
  });
});
