import { formatNumber, formatRatio } from '../numbers.ts';
import { MEASURED_CALLS } from './calls.ts';
import type { CallResult } from './run-comparison.ts';

const HEAD = ['call', '', 'before, µs', 'now, µs', 'ratio', '95 %', ''];
const RULE = '| --- | --- | ---: | ---: | ---: | ---: | --- |';

/** A row for each call, as Markdown. */
export function comparisonTable(results: readonly CallResult[]): string {
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [line(HEAD), RULE, ...results.map((result) => line(rowOf(result)))].join('\n');
}

function rowOf(result: CallResult): readonly string[] {
  const { call } = result;
  const title = MEASURED_CALLS.find(({ id }) => id === call)?.title ?? '';
  if ('failure' in result) {
    const reason = result.failure.split('\n')[0] ?? '';
    return [call, title, '', '', '', '', `not measured: ${reason.replaceAll('|', '\\|')}`];
  }
  const { before, now, ratio, low, high, slower } = result;
  return [
    ...[call, title, formatNumber(before), formatNumber(now), formatRatio(ratio)],
    ...[`${formatRatio(low)}–${formatRatio(high)}`, slower ? '**slower**' : ''],
  ];
}
