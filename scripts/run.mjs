import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { bin } from './workspace.mjs';

/** @typedef {{ code: number, stdout: string, stderr: string }} Result */

/**
 * Runs a command to its end and keeps what it prints; the root's executables are on its PATH.
 *
 * @param {readonly string[]} line
 * @param {{ cwd: string, timeout?: number }} options timeout in ms, two minutes by default
 * @returns {Promise<Result>}
 */
export function run([file = '', ...args], { cwd, timeout = 120_000 }) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(file, args, {
    cwd,
    env,
    timeout,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on('close', (code, signal) => {
      if (signal !== null) stderr += `\nEnded by ${signal}.`;
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}

/**
 * What is wrong with a run: a failure, or an output that differs from the expected one.
 *
 * @param {Result} result
 * @param {string} [expected]
 */
export function problemOf({ code, stdout, stderr }, expected) {
  if (code !== 0) return `exit code ${code}\n${stdout}${stderr}`.trimEnd();
  if (expected === undefined || normal(stdout) === normal(expected)) return undefined;
  return `another output\n--- documented\n${normal(expected)}\n--- printed\n${normal(stdout)}`;
}

/** @param {string} text */
function normal(text) {
  return text.replace(/[ \t\r]+$/gm, '').trimEnd();
}
