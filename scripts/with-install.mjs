// `node scripts/with-install.mjs COMMAND ARGS…` installs what is missing, then runs COMMAND.
// It needs nothing but Node and npm, and costs a few milliseconds where all is installed.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { bin, packageManager, root, workspaceFolders } from './workspace.mjs';

const windows = process.platform === 'win32';
const markFile = join(root, 'node_modules', '.holdfast-install');

checkNodeVersion();
const wanted = fingerprint();
if (!existsSync(markFile) || readFileSync(markFile, 'utf8') !== wanted) {
  await install();
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(markFile, wanted);
}

const [command, ...args] = process.argv.slice(2);
if (command !== undefined) {
  process.env['PATH'] = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
  process.env['TURBO_TELEMETRY_DISABLED'] ??= '1';
  // Turbo looks for the package manager on the PATH, and npx puts it there.
  const line = command === 'turbo' ? pnpm('exec', command, ...args) : [command, ...args];
  end(await run(line, 'inherit'));
}

function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Holdfast needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Changes with everything that an installation depends on. */
function fingerprint() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']
    .map((name) => join(root, name))
    .concat(workspaceFolders().map((folder) => join(folder, 'package.json')))
    .filter((file) => existsSync(file));
  const hash = createHash('sha256');
  hash.update(`${process.platform} ${process.arch}\n`);
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

async function install() {
  console.error('Installing dependencies (once, and again when they change) …');
  // Without a terminal pnpm would refuse to replace a node_modules of another installer.
  const line = pnpm(
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--config.confirmModulesPurge=false',
    '--config.updateNotifier=false',
  );
  const outcome = await run(line, ['ignore', 2, 2]);
  if (outcome.code === 0) return;
  console.error(`The installation failed: ${line.join(' ')}`);
  end(outcome);
}

/** @param {string[]} args */
function pnpm(...args) {
  return ['npx', '-y', packageManager(), ...args];
}

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Outcome */

/**
 * Runs a command; a signal that this process gets goes to it, too.
 *
 * @param {string[]} line
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<Outcome>}
 */
function run([file = '', ...args], stdio) {
  const child = spawn(file, args, { stdio, shell: windows });
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // Ctrl+C in a terminal reaches the command by itself.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  // A shell between npm and this hands no signal on: when it is gone, the command is to go, too.
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: npm sets it; no task's result depends on it.
  const ofNpm = process.env['npm_lifecycle_event'] !== undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (ofNpm && process.ppid !== parent) child.kill('SIGTERM');
  }, 1_000);
  watch.unref();
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`Cannot run ${file}: ${error.message}`);
      resolve({ code: 127, signal: null });
    });
    child.on('close', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, forward);
      resolve({ code, signal });
    });
  });
}

/**
 * Ends this process as the command ended.
 *
 * @param {Outcome} outcome
 */
function end({ code, signal }) {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
}
