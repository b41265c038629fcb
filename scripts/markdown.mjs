/**
 * @typedef {object} CodeBlock
 * @property {string} language the fence's first word, in lower case; '' where there is none
 * @property {string} code ends in a line feed, unless it is empty
 * @property {number} line of the first line of code, from 1
 * @property {string | undefined} excerptOf the file that the code is a part of, from the root
 */

/** @typedef {{ code: CodeBlock, output: CodeBlock | undefined }} Example */

/**
 * The fenced code blocks of a Markdown text. An indented fence (in a list) loses its indent.
 *
 * @param {string} text
 */
export function codeBlocks(text) {
  /** @type {CodeBlock[]} */
  const blocks = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const open = /^( *)(`{3,}|~{3,})\s*([\w+-]*)(?: excerpt=(\S+))?/.exec(lines[at] ?? '');
    if (open === null) continue;
    const [, indent = '', fence = '', language = '', excerptOf] = open;
    const first = at + 1;
    const closes = new RegExp(`^ *${fence[0]}{${fence.length},}\\s*$`);
    for (at = first; at < lines.length && !closes.test(lines[at] ?? ''); at++);
    const code = lines
      .slice(first, at)
      .map((line) => `${line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()}\n`)
      .join('');
    blocks.push({ language: language.toLowerCase(), code, line: first + 1, excerptOf });
  }
  return blocks;
}

/** @param {CodeBlock} block */
export function isTypeScript({ language }) {
  return language === 'ts' || language === 'typescript';
}

/**
 * The first TypeScript block, and what it prints: the `text` block before any other code.
 *
 * @param {string} text
 * @returns {Example | undefined}
 */
export function firstExample(text) {
  const blocks = codeBlocks(text);
  const at = blocks.findIndex(isTypeScript);
  const code = blocks[at];
  if (code === undefined) return undefined;
  const next = blocks[at + 1];
  return { code, output: next?.language === 'text' ? next : undefined };
}

/**
 * The TypeScript blocks that say what they print: in a `text` block, with nothing but an empty line
 * between.
 *
 * @param {string} text
 * @returns {Example[]}
 */
export function examplesWithOutput(text) {
  const blocks = codeBlocks(text);
  return blocks.flatMap((code, at) => {
    const output = blocks[at + 1];
    const end = code.line + code.code.split('\n').length - 1;
    const isBelow = output?.language === 'text' && output.line === end + 3;
    return isBelow && isTypeScript(code) ? [{ code, output }] : [];
  });
}

/**
 * The targets of links and images that stay inside the repository, each with its line.
 *
 * @param {string} text
 */
export function relativeLinks(text) {
  /** @type {{ target: string, line: number }[]} */
  const links = [];
  for (const [index, line] of withoutCode(text).split('\n').entries()) {
    const targets = [
      ...line.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g),
      ...line.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/g),
      ...line.matchAll(/\b(?:src|href)="([^"]+)"/g),
    ];
    for (const [, target = ''] of targets) {
      if (!/^[a-z][a-z+.-]*:|^\/\//i.test(target)) links.push({ target, line: index + 1 });
    }
  }
  return links;
}

/**
 * The ids that the headings of a Markdown text have on GitHub.
 *
 * @param {string} text
 */
export function headingIds(text) {
  /** @type {Set<string>} */
  const ids = new Set();
  for (const [, title = ''] of withoutFences(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const id = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    let unique = id;
    for (let n = 1; ids.has(unique); n++) unique = `${id}-${n}`;
    ids.add(unique);
  }
  return ids;
}

/**
 * The text with code blanked out, line by line.
 *
 * @param {string} text
 */
function withoutCode(text) {
  return withoutFences(text).replace(/`[^`\n]+`/g, (code) => ' '.repeat(code.length));
}

/** @param {string} text */
function withoutFences(text) {
  const lines = text.split(/\r?\n/);
  for (const { code, line } of codeBlocks(text)) {
    const count = code.split('\n').length - 1;
    lines.fill('', line - 1, line - 1 + count);
  }
  return lines.join('\n');
}
