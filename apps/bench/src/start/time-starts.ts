import { spawnSync } from 'node:child_process';
import { median } from '../numbers.ts';

/**
 * How long a process of Node takes that runs some code in `folder`, from its start to its end, in
 * ms: the median of those that start until `ms` have passed, of one at least.
 */
export function timeStarts(options: {
  /** Gives the code of each start. */
  readonly code: () => string;
  readonly folder: string;
  readonly ms: number;
}): number {
  const { code, folder, ms } = options;
  const end = performance.now() + ms;
  const samples: number[] = [];
  do {
    const start = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', `${code()}\nprocess.exit(0);`],
      { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
    );
    samples.push(performance.now() - start);
    if (status !== 0) throw new Error(`the process failed: ${/^.*Error.*$/m.exec(stderr)?.[0]}`);
  } while (performance.now() < end);
  return median(samples);
}
