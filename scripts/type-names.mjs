// Finds the types that an entry of a package speaks of and does not export. TypeScript writes an
// inferred type down only if the consumer can import each name in it. With pnpm, that is what the
// packages export that were asked for by name: nothing that only these depend on.

import { join } from 'node:path';
import ts from 'typescript';

/** What a `Session` is made of: only stores make one. */
const NEVER_SEEN = ['SessionSnapshot'];

/**
 * @typedef {object} Entry
 * @property {string} specifier as it is imported: `@holdfast/session/store`
 * @property {readonly string[]} peers the packages that whoever installs this one has asked for, too
 */

/**
 * The names that each entry would have to export, with one way to each: `Order (ListRequest)`.
 *
 * @param {string} folder a project that has the packages installed
 * @param {readonly Entry[]} entries
 */
export function findMissingNames(folder, entries) {
  /** @type {ts.CompilerOptions} */
  const options = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: [],
    strict: true,
  };
  const files = entries.map(({ specifier }) => {
    const from = join(folder, 'importer.mts');
    const mode = ts.ModuleKind.ESNext;
    const found = ts.resolveModuleName(
      specifier,
      from,
      options,
      ts.sys,
      undefined,
      undefined,
      mode,
    );
    if (found.resolvedModule === undefined) throw new Error(`${specifier} cannot be found`);
    return found.resolvedModule.resolvedFileName;
  });
  const program = ts.createProgram(files, options);
  return entries.map((entry, i) => ({
    specifier: entry.specifier,
    missing: missingNames(program, { entry, file: files[i] ?? '' }),
  }));
}

/**
 * @param {ts.Program} program
 * @param {{ entry: Entry, file: string }} of
 */
function missingNames(program, { entry, file }) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry.specifier} has no exports`);
  const exported = new Set(checker.getExportsOfModule(module).map((one) => target(one, checker)));
  /** @type {Map<ts.Symbol, string>} */
  const reached = new Map([...exported].map((symbol) => [symbol, symbol.name]));
  /** @type {Set<string>} */
  const missing = new Set();
  // What is reached on the way is walked, too.
  for (const [symbol, way] of reached) {
    for (const found of namedBy(symbol, { checker })) {
      const { isGlobal, home } = whereIs(found, program);
      if (reached.has(found) || isGlobal) continue;
      if (home?.startsWith('@holdfast/') === false) {
        if (!entry.peers.includes(home)) missing.add(`${found.name} of ${home} (${way})`);
      } else if (!NEVER_SEEN.includes(found.name)) {
        missing.add(`${found.name} (${way})`);
        reached.set(found, `${way}, ${found.name}`);
      }
    }
  }
  return [...missing].sort();
}

/**
 * What the declarations of a symbol name. The name of a base is not in a type, nor that of a
 * constant: what these consist of is.
 *
 * @param {ts.Symbol} symbol
 * @param {{ checker: ts.TypeChecker, isConstructed?: boolean }} options isConstructed: by the
 *   constructor of a class that extends it
 * @returns {Generator<ts.Symbol>}
 */
function* namedBy(symbol, { checker, isConstructed = false }) {
  for (const declaration of symbol.declarations ?? []) {
    const skipConstructors = isConstructed || hasConstructor(declaration);
    for (const name of namesIn(declaration, isConstructed)) {
      const found = symbolOf(name, checker);
      if (isParameter(found) || isPlain(found, checker)) continue;
      if (isExtended(name)) yield* namedBy(found, { checker, isConstructed: skipConstructors });
      else if (isConstant(found, checker)) yield* namedBy(found, { checker });
      else yield found;
    }
  }
}

/**
 * The nodes that name a type, or a symbol: `Session`, `typeof defaults`, `[inspect]`.
 *
 * @param {ts.Node} node
 * @param {boolean} isConstructed
 * @returns {Generator<ts.Node>}
 */
function* namesIn(node, isConstructed) {
  if (isHidden(node) || (isConstructed && ts.isConstructorDeclaration(node))) return;
  if (ts.isTypeReferenceNode(node)) yield node.typeName;
  else if (ts.isExpressionWithTypeArguments(node)) yield node.expression;
  else if (ts.isTypeQueryNode(node)) yield node.exprName;
  else if (ts.isComputedPropertyName(node)) yield node.expression;
  else if (ts.isImportTypeNode(node) && node.qualifier) yield node.qualifier;
  /** @type {ts.Node[]} */
  const children = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* namesIn(child, isConstructed);
}

/**
 * What is protected is for stores, which import what it names from where they have the class.
 *
 * @param {ts.Node} node
 */
function isHidden(node) {
  const hiding = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some(({ kind }) => hiding.includes(kind)) === true;
}

/** @param {ts.Node} declaration */
function hasConstructor(declaration) {
  return ts.isClassLike(declaration) && declaration.members.some(ts.isConstructorDeclaration);
}

/**
 * Whether it is what a class or an interface extends: `Base`, or `Options` in `Omit<Options, 'x'>`.
 *
 * @param {ts.Node} name
 */
function isExtended({ parent }) {
  const part = ts.isTypeReferenceNode(parent) ? parent.parent : parent;
  if (!ts.isExpressionWithTypeArguments(part) || !ts.isHeritageClause(part.parent)) return false;
  if (part.parent.token !== ts.SyntaxKind.ExtendsKeyword) return false;
  return part === parent || ['Omit', 'Pick'].includes(part.expression.getText());
}

/**
 * @param {ts.Node} name
 * @param {ts.TypeChecker} checker
 */
function symbolOf(name, checker) {
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined) throw new Error(`${name.getText()} cannot be found`);
  return target(symbol, checker);
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 */
function target(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** @param {ts.Symbol} symbol */
function isParameter({ flags, declarations = [] }) {
  return (flags & ts.SymbolFlags.TypeParameter) !== 0 || declarations.some(ts.isParameter);
}

const PLAIN =
  ts.TypeFlags.Any |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike;

/**
 * Another word for `any`, `string` and the like: a type does not remember it.
 *
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 */
function isPlain(symbol, checker) {
  if (!(symbol.flags & ts.SymbolFlags.TypeAlias)) return false;
  const { flags } = checker.getDeclaredTypeOfSymbol(symbol);
  return (flags & PLAIN) !== 0;
}

/**
 * A constant whose type is written out: that of a unique symbol is not.
 *
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 */
function isConstant(symbol, checker) {
  if (!(symbol.flags & ts.SymbolFlags.Variable) || symbol.flags & ts.SymbolFlags.Type) return false;
  return (checker.getTypeOfSymbol(symbol).flags & ts.TypeFlags.UniqueESSymbol) === 0;
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.Program} program
 */
function whereIs(symbol, program) {
  const file = symbol.declarations?.[0]?.getSourceFile();
  const isGlobal = file === undefined || program.isSourceFileDefaultLibrary(file);
  const home = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file?.fileName ?? '')?.[1];
  return { isGlobal, home };
}
