import { parseArgs } from 'node:util';
import { seedOf } from '../conformance-options.ts';
import { findMistakes, formatMistakes, foundRate } from './find-mistakes.ts';
import { plantedMistakes } from './planted-mistakes.ts';

// Runs the kit against every planted mistake: `npm run mistakes [-- --seed N --runs N]`. It fails
// if one of the runs finds less than 95 % of them.
const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string' } } });
const first = values.seed === undefined ? seedOf({}) : Number(values.seed);

for (let seed = first; seed < first + Number(values.runs ?? 1); seed++) {
  const sought = await findMistakes(plantedMistakes, { seed });
  console.log(`seed ${seed}\n${formatMistakes(sought)}\n`);
  if (foundRate(sought) < 0.95) process.exitCode = 1;
}
