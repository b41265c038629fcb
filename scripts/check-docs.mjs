// Checks what the documents say: every code block compiles, or is a part of the file that it names;
// every package's first example, and every other one with an output, prints what stands below it;
// every relative link leads to a file and a heading; and the tables of server settings are those of
// the tests.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import {
  codeBlocks,
  examplesWithOutput,
  firstExample,
  headingIds,
  relativeLinks,
} from './markdown.mjs';
import { check, close, fail, pass } from './report.mjs';
import { problemOf, run } from './run.mjs';
import { root, workspaceFolders } from './workspace.mjs';

const EXTENSIONS = new Map([
  ['ts', 'ts'],
  ['typescript', 'ts'],
  ['js', 'js'],
  ['javascript', 'js'],
]);

// Inside the workspace, so that imports resolve as they do in the root.
const folder = join(root, '.docs-check');

// What the guide shows parts of, and imports.
const GUIDE = 'docs/writing-a-store.md';
const EXAMPLE = 'packages/testkit/example';

/** What documents import and the root does not have: of the package that has it for its tests. */
const LENT = new Map([['gpt-tokenizer', 'packages/history']]);

/**
 * Documents show an excerpt without the indentation that it has in its file.
 * @param {string} code
 */
const unindented = (code) => code.replace(/^ +/gm, '');

/** Where a generated file comes from: the document, and how many lines stand above the code. */
/** @type {Map<string, { document: string, above: number }>} */
const origins = new Map();

const documents = findDocuments();
rmSync(folder, { recursive: true, force: true });
try {
  lendModules();
  for (const document of documents) extract(document);
  await typeCheck();
  const runs = await runExamples();
  const links = checkLinks();
  await checkSettings();
  console.log(
    `${documents.length} documents: ${origins.size} code blocks type checked, ${runs} examples run, ${links} links followed`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
close();

/** The documents, relative to the root. */
function findDocuments() {
  const docs = join(root, 'docs');
  const pages = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.md')) : [];
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...pages.sort().map((name) => `docs/${name}`),
    ...workspaceFolders().map((path) => `${relative(root, path).replaceAll('\\', '/')}/README.md`),
  ].filter((name) => existsSync(join(root, name)));
}

/** @param {string} document */
function read(document) {
  return readFileSync(join(root, document), 'utf8');
}

function lendModules() {
  for (const [name, lender] of LENT) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, lender, 'node_modules', name), link, 'junction');
  }
}

/**
 * Writes a document's blocks into a folder of its own. A block that begins with a comment such
 * as `// my-store.ts` gets that name, so that the document's later blocks can import it. What is only
 * a part of a file cannot stand alone, and is compared with it.
 *
 * @param {string} document
 */
function extract(document) {
  const home = folderOf(document);
  mkdirSync(home, { recursive: true });
  if (document === GUIDE) cpSync(join(root, EXAMPLE), home, { recursive: true });
  for (const { language, code, line, excerptOf } of codeBlocks(read(document))) {
    if (excerptOf !== undefined) {
      const isPart =
        existsSync(join(root, excerptOf)) && unindented(read(excerptOf)).includes(unindented(code));
      check(`${document}:${line}`, isPart ? undefined : `is not a part of ${excerptOf}`);
      const isWhole = isPart && unindented(read(excerptOf)) === unindented(code);
      if (!isWhole) continue;
    }
    const extension = EXTENSIONS.get(language);
    if (extension === undefined) continue;
    const named = /^\/\/ ([\w-]+\.[tj]s)\s*$/m.exec(code.split('\n', 1)[0] ?? '')?.[1];
    let file = join(home, named ?? `line-${line}.${extension}`);
    if (origins.has(file)) file = join(home, `line-${line}.${extension}`);
    writeFileSync(file, code);
    origins.set(file, { document, above: line - 1 });
  }
}

/** @param {string} document */
function folderOf(document) {
  return join(folder, document.replace(/\.md$/, '').replaceAll('/', '-'));
}

async function typeCheck() {
  const config = {
    extends: '../tsconfig.base.json',
    compilerOptions: {
      types: ['node'],
      allowJs: true,
      checkJs: true,
      // A block shows one thing; what it declares may be left unused.
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    files: [...origins.keys()].map((file) => relative(folder, file)),
  };
  if (config.files.length === 0) return fail('no code block in any document');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { code, stdout, stderr } = await run(['tsc', '--pretty', 'false'], { cwd: folder });
  /** @type {Set<string>} */
  const faulty = new Set();
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const [, name = '', row = '', message = ''] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    const file = resolve(folder, name);
    const origin = origins.get(file);
    if (origin === undefined) {
      console.error(line);
      continue;
    }
    faulty.add(file);
    console.error(`${origin.document}:${origin.above + Number(row)}: ${message}`);
  }
  for (const [file, { document, above }] of origins) {
    check(`${document}:${above + 1}`, faulty.has(file) ? 'does not compile' : undefined);
  }
  if (code !== 0 && faulty.size === 0) fail(`tsc ended with ${code}\n${stderr}`);
}

/**
 * Runs the first example of the root and of each package, and all others that say what they print;
 * answers how many there were.
 */
async function runExamples() {
  const packages = workspaceFolders(['packages']).map((path) =>
    relative(root, join(path, 'README.md')).replaceAll('\\', '/'),
  );
  for (const document of ['README.md', ...packages]) {
    const text = documents.includes(document) ? read(document) : '';
    const first = firstExample(text)?.code.line;
    if (first === undefined) fail(`${document}: no TypeScript example`);
    else if (first !== examplesWithOutput(text)[0]?.code.line) {
      fail(
        `${document}:${first}: the example has no \`text\` block below it that shows what it prints`,
      );
    }
  }
  const runs = documents.flatMap((document) =>
    examplesWithOutput(read(document)).map((example) => runExample(document, example)),
  );
  await Promise.all(runs);
  return runs.length;
}

/**
 * @param {string} document
 * @param {import('./markdown.mjs').Example} example
 */
async function runExample(document, { code, output }) {
  const where = `${document}:${code.line}`;
  const file = [...origins].find(
    ([, origin]) => origin.document === document && origin.above === code.line - 1,
  )?.[0];
  if (file === undefined) return fail(`${where}: the example was not extracted`);
  check(where, problemOf(await run(['tsx', file], { cwd: dirname(file) }), output?.code));
}

/** The tables of server settings are made from what the tests try. */
async function checkSettings() {
  const result = await run(['tsx', 'scripts/settings-tables.mjs'], { cwd: root });
  check('docs/stores.md', problemOf(result));
}

/** Follows the relative links of all documents; answers how many there were. */
function checkLinks() {
  let count = 0;
  for (const document of documents) {
    for (const { target, line } of relativeLinks(read(document))) {
      count++;
      const problem = linkProblem(document, target);
      if (problem === undefined) pass();
      else fail(`${document}:${line}: ${target}: ${problem}`);
    }
  }
  return count;
}

/**
 * @param {string} document
 * @param {string} target
 */
function linkProblem(document, target) {
  const [path = '', heading] = decodeURIComponent(target).split('#');
  const file = path === '' ? join(root, document) : resolve(root, dirname(document), path);
  if (!file.startsWith(root)) return 'leaves the repository';
  if (!existsSync(file)) return 'no such file';
  if (heading === undefined || !file.endsWith('.md')) return undefined;
  return headingIds(readFileSync(file, 'utf8')).has(heading) ? undefined : 'no such heading';
}
