interface ErrorSource {
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

const counts = new WeakMap<ErrorSource, number>();

/**
 * Listens to the errors of a pool or a connection, until the function that it gives is called. A
 * lost connection fails the query that was running on it, or the next one; but without a
 * listener, its event would end the process. Many services share one listener.
 */
export function absorbErrors(source: ErrorSource): () => void {
  const count = counts.get(source) ?? 0;
  if (count === 0) source.on('error', ignore);
  counts.set(source, count + 1);
  return () => {
    const left = (counts.get(source) ?? 1) - 1;
    counts.set(source, left);
    if (left === 0) source.off('error', ignore);
  };
}

function ignore(): void {}
