/** The middle of `samples`; `NaN` where there is none. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** With three digits that count: `5.07`, `1,230`, `0.123`. */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : value.toPrecision(3);
}

/** The median, and the smallest and the largest where they tell more. */
export function formatSamples(samples: readonly number[]): string {
  const middle = formatNumber(median(samples));
  const least = formatNumber(Math.min(...samples));
  const most = formatNumber(Math.max(...samples));
  return least === most ? middle : `${middle} (${least}–${most})`;
}

/** `1.05`, `12`, `1,200`. */
export function formatRatio(ratio: number): string {
  if (ratio >= 100) return Math.round(ratio).toLocaleString('en-US');
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2);
}
