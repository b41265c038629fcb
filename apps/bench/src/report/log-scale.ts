export interface LogScale {
  /** The powers of ten within it. */
  readonly ticks: readonly number[];
  /** Where a value is, from `start` to `end`. */
  place(value: number): number;
}

/** A scale of whole powers of ten that has room for all of `values`. */
export function logScale(
  values: readonly number[],
  { start, end }: { readonly start: number; readonly end: number },
): LogScale {
  const least = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return {
    ticks: Array.from({ length: most - least + 1 }, (_, i) => 10 ** (least + i)),
    place: (value) => start + ((Math.log10(value) - least) / (most - least)) * (end - start),
  };
}

const SHORT = [
  { from: 1e6, suffix: ' M' },
  { from: 1e3, suffix: ' k' },
];

/** `100`, `10 k`, `0.1`. */
export function formatTick(value: number): string {
  const short = SHORT.find(({ from }) => value >= from);
  return short === undefined ? `${+value.toPrecision(1)}` : `${value / short.from}${short.suffix}`;
}
