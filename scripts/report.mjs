let passed = 0;
let failed = 0;

export function pass() {
  passed++;
}

/** @param {string} message */
export function fail(message) {
  failed++;
  console.error(`✗ ${message}`);
}

/**
 * One check: `problem` says what is wrong; there is none where it is undefined.
 *
 * @param {string} what
 * @param {string | undefined} problem
 */
export function check(what, problem) {
  if (problem === undefined) pass();
  else fail(`${what}: ${problem}`);
}

/** Prints the closing line and sets the exit code. Nothing checked is a failure, too. */
export function close() {
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
