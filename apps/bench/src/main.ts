import { type AppendCost, measureAppend } from './append.ts';

const HISTORIES = [100, 1_000, 10_000, 100_000];

const costs: AppendCost[] = [];
for (const stateKeys of [0, 10_000]) {
  costs.push(...(await measureAppend({ histories: HISTORIES, stateKeys })));
}
printTable(costs);

function printTable(rows: readonly AppendCost[]): void {
  console.log(
    'In memory: one append, in microseconds (median), beside a Map with a structuredClone',
  );
  console.log('');
  console.log('| events before | keys in each scope | holdfast | Map + clone | ratio |');
  console.log('| ---: | ---: | ---: | ---: | ---: |');
  for (const { history, stateKeys, holdfast, map } of rows) {
    const cells = [
      history,
      stateKeys,
      holdfast.toFixed(2),
      map.toFixed(2),
      (holdfast / map).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const ours = rows.map(({ holdfast }) => holdfast);
  console.log('');
  console.log(`Dearest append / cheapest: ${(Math.max(...ours) / Math.min(...ours)).toFixed(2)}`);
}
