// The tables of server settings in docs/stores.md, made from what the tests of each store try.
// Run by tsx: fails if the document has others, or with --write puts them into it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { driverOptions as mysqlDriver } from '../packages/mysql/src/driver-options.fixture.ts';
import { SERVER_SETTINGS as mysql } from '../packages/mysql/src/server-settings.fixture.ts';
import { driverOptions as postgresDriver } from '../packages/postgres/src/driver-options.fixture.ts';
import { SERVER_SETTINGS as postgres } from '../packages/postgres/src/server-settings.fixture.ts';
import { CLIENT_SETTINGS as redisClients } from '../packages/redis/src/client-settings.fixture.ts';
import { SERVER_SETTINGS as redis } from '../packages/redis/src/server-settings.fixture.ts';
import { DRIVER_OPTIONS as sqliteDrivers } from '../packages/sqlite/src/driver-options.fixture.ts';
import { SERVER_SETTINGS as sqlite } from '../packages/sqlite/src/server-settings.fixture.ts';
import { root } from './workspace.mjs';

/**
 * @typedef {object} Setting
 * @property {string} setting
 * @property {string} tried
 * @property {'pinned' | 'refused' | 'harmless'} effect
 * @property {string} [code] of a refusal
 * @property {'pinned' | 'refused' | 'harmless'} [brought] the effect on a client that was brought, if it is another
 * @property {string} [driver] whose option it is
 */

/** @type {readonly [title: string, settings: readonly Setting[]][]} */
const stores = [
  ['SQLite', [...sqlite, ...sqliteDrivers]],
  ['PostgreSQL', [...postgres, ...postgresDriver('postgres://user@host/database')]],
  ['MySQL and MariaDB', [...mysql, ...mysqlDriver('mysql://user@host/database')]],
  ['Redis', [...redis, ...redisClients]],
];

const BEGIN = '<!-- settings: made by scripts/settings-tables.mjs -->';
const END = '<!-- end of settings -->';

const file = join(root, 'docs/stores.md');
const document = readFileSync(file, 'utf8');
const [above, below] = [document.indexOf(BEGIN), document.indexOf(END)];
if (above < 0 || below < above)
  throw new Error('docs/stores.md: the marks of the tables are missing');
const tables = stores
  .map(([title, settings]) => `### ${title}\n\n${tableOf(settings)}`)
  .join('\n\n');
if (process.argv.includes('--write')) {
  const text = `${document.slice(0, above)}${BEGIN}\n\n${tables}\n\n${document.slice(below)}`;
  writeFileSync(file, text);
} else if (words(document.slice(above + BEGIN.length, below)) !== words(tables)) {
  throw new Error(
    'the tables of settings are not those of the tests: npx tsx scripts/settings-tables.mjs --write',
  );
}

/**
 * The text without what aligns its tables.
 *
 * @param {string} text
 */
function words(text) {
  return text.trim().replace(/ +/g, ' ').replace(/-+/g, '-');
}

/** @param {readonly Setting[]} settings */
function tableOf(settings) {
  const effects = groupBy(settings, effectOf);
  const harmless = effects.get('harmless') ?? [];
  effects.delete('harmless');
  const rows = [...effects].map(([effect, of]) => `| ${effect} | ${namesOf(of)} |`);
  return [
    '| what is done | settings, and the values that were tried |',
    '| --- | --- |',
    ...rows,
    '',
    `<details><summary>Harmless: ${groupBy(harmless, nameOf).size} more</summary>`,
    '',
    namesOf(harmless),
    '',
    '</details>',
  ].join('\n');
}

/** @param {Setting} setting */
function effectOf({ effect, code = 'misconfigured', brought = effect }) {
  const words = { pinned: 'pinned', refused: `refused: \`${code}\``, harmless: 'harmless' };
  if (brought === effect) return words[effect];
  return `${words[effect]} by \`open\`, ${words[brought]} on a client of yours`;
}

/** @param {Setting} setting */
function nameOf({ driver, setting }) {
  return driver === undefined ? `\`${setting}\`` : `\`${setting}\` of ${driver}`;
}

/** @param {readonly Setting[]} settings */
function namesOf(settings) {
  return [...groupBy(settings, nameOf)]
    .map(([name, of]) => {
      const values = new Set(of.map(({ tried }) => tried || "''"));
      return `${name} (${[...values].join(', ')})`;
    })
    .join(', ')
    .replaceAll('|', '\\|');
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} nameOf
 */
function groupBy(items, nameOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
