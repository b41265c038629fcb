/** How often it is asked who the parent is, in ms. */
const POLL = 1_000;

/**
 * Calls `stop` when the process that has started this one is gone. The shell in between that npm
 * starts a script with hands no signal on: without this, who ends npm leaves the server running.
 * Does nothing where npm has not started it. Gives what ends the watch.
 */
export function stopWithParent(stop: () => void): () => void {
  if (!process.env['npm_lifecycle_event']) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, POLL);
  timer.unref();
  return () => clearInterval(timer);
}
