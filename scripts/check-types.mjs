import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { findMissingNames } from './type-names.mjs';
import { ADK_PROGRAM, createPrograms, DRIVERS_PROGRAM, PROGRAMS } from './type-programs.mjs';
import { readManifest } from './workspace.mjs';

/** @typedef {import('./packed.mjs').Packed} Packed */
/** @typedef {import('./type-programs.mjs').Program} Program */
/** @typedef {{ module: string, moduleResolution: string, extension: string }} Mode */

/** The oldest that is supported, the last that is written in JavaScript, and the native one. */
const COMPILERS = ['5.6.3', '6.0.3', '7.0.2'];

/** How modules are found. A file may be CommonJS, for which a package may have other types. */
const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext', extension: 'ts' };
const NODE16 = { module: 'node16', moduleResolution: 'node16', extension: 'ts' };
const NODE16_COMMONJS = { ...NODE16, extension: 'cts' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler', extension: 'ts' };
const MODES = [NODENEXT, { ...NODENEXT, extension: 'cts' }, NODE16, NODE16_COMMONJS, BUNDLER];

const WITHOUT_RUNTIME = { exactOptionalPropertyTypes: true, lib: ['es2022'], types: [] };
const WITH_DOM = { exactOptionalPropertyTypes: false, lib: ['esnext', 'dom'], types: [] };
const WITH_NODE = { exactOptionalPropertyTypes: true, lib: ['es2022'], types: ['node'] };

/** Which programs are compiled together, in which modes, and what else is set. */
const GROUPS = [
  { programs: PROGRAMS, modes: MODES, options: WITHOUT_RUNTIME },
  { programs: PROGRAMS, modes: [BUNDLER], options: WITH_DOM },
  { programs: [ADK_PROGRAM], modes: [NODENEXT], options: WITH_NODE },
  { programs: [DRIVERS_PROGRAM], modes: [NODENEXT], options: WITH_NODE },
  // It takes long to check the types of these libraries. For CommonJS, @google/adk itself has none.
  { programs: [ADK_PROGRAM], modes: [BUNDLER], options: { ...WITH_NODE, skipLibCheck: true } },
  {
    programs: [DRIVERS_PROGRAM],
    modes: [NODE16_COMMONJS],
    options: { ...WITH_NODE, skipLibCheck: true },
  },
  // A name that one can import is a name to all that are compiled with it. Alone, it has to do
  // with its own. The types of libraries were checked above.
  ...PROGRAMS.map((program) => ({
    programs: [program],
    modes: [NODENEXT],
    options: { ...WITHOUT_RUNTIME, skipLibCheck: true },
  })),
];

const COMMON_OPTIONS = {
  target: 'es2022',
  strict: true,
  declaration: true,
  esModuleInterop: true,
  skipLibCheck: false,
  rootDir: '.',
};

/** What only packages of the project import: these have installed whatever it speaks of. */
const INTERNAL = ['@holdfast/core/internal', '@holdfast/state/internal', '@holdfast/sql'];

let configs = 0;

/**
 * Compiles programs that use the packages, and looks for types that they could not write down.
 *
 * @param {readonly Packed[]} packed
 */
export async function checkTypes(packed) {
  const compilers = COMPILERS.map((version) => [aliasOf(version), `npm:typescript@${version}`]);
  const folder = await createPrograms(packed, Object.fromEntries(compilers));
  checkNames(packed, join(folder, 'everything'));
  const queue = COMPILERS.flatMap((compiler) =>
    GROUPS.flatMap(({ modes, ...group }) => modes.map((mode) => ({ compiler, mode, ...group }))),
  ).values();
  // Each has a core busy.
  const compileRest = async () => {
    for (const each of queue) await compile(folder, each);
  };
  await Promise.all([compileRest(), compileRest()]);
}

/**
 * @param {readonly Packed[]} packed
 * @param {string} folder
 */
function checkNames(packed, folder) {
  const entries = packed.flatMap(({ name, folder: home }) => {
    const { exports = {}, peerDependencies = {} } = readManifest(home);
    const peers = Object.keys(peerDependencies);
    return Object.keys(exports).map((entry) => ({ specifier: `${name}${entry.slice(1)}`, peers }));
  });
  const open = entries.filter(({ specifier }) => !INTERNAL.includes(specifier));
  for (const { specifier, missing } of findMissingNames(folder, open)) {
    const problem = missing.length > 0 ? missing.join(', ') : undefined;
    check(`${specifier} exports what its types name`, problem);
  }
}

/**
 * @param {string} folder
 * @param {object} of
 * @param {string} of.compiler
 * @param {Mode} of.mode
 * @param {readonly Program[]} of.programs
 * @param {{ readonly lib: readonly string[] }} of.options
 */
async function compile(folder, { compiler, mode, programs, options }) {
  const { extension, ...resolution } = mode;
  const from = extension === 'cts' ? ' from CommonJS' : '';
  const names = programs.map((one) => one.name).join(', ');
  const what = `TypeScript ${compiler}, ${mode.moduleResolution}${from}, ${options.lib.join()}: ${names}`;
  const files = programs.flatMap(({ name, sources }) =>
    sources.map((source) => `${name}/${source}.${extension}`),
  );
  const id = `${++configs}`;
  const compilerOptions = { ...COMMON_OPTIONS, ...resolution, ...options, outDir: `out/${id}` };
  writeFileSync(join(folder, `${id}.json`), JSON.stringify({ compilerOptions, files }));
  const tsc = join(folder, 'node_modules', aliasOf(compiler), 'bin', 'tsc');
  const line = [process.execPath, tsc, '-p', `${id}.json`, '--pretty', 'false'];
  check(what, ownProblemOf(await run(line, { cwd: folder })));
}

/**
 * What other packages declare wrongly is not ours to mend.
 *
 * @param {import('./run.mjs').Result} result
 */
function ownProblemOf(result) {
  // A message goes on in lines that are indented.
  const messages = `${result.stdout}${result.stderr}`.trim().split(/\n(?! )/);
  const own = messages.filter((message) => !isForeign(message));
  return own.length > 0 ? problemOf({ ...result, stdout: own.join('\n'), stderr: '' }) : undefined;
}

/** @param {string} message */
function isForeign(message) {
  const file = /^([^(]*)\(\d/.exec(message)?.[1] ?? '';
  return file.includes('node_modules/') && !/.*node_modules\/@holdfast\//.test(file);
}

/** @param {string} version */
function aliasOf(version) {
  return `typescript-${version}`;
}
