import type { CellResult, SectionResult } from '../run/results.ts';

/** A section with these samples, by contestant and column. */
export function sectionWith(
  samples: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>,
): SectionResult {
  const cells = Object.entries(samples).flatMap(([contestant, columns]) =>
    Object.entries(columns).map(
      ([at, own]): CellResult => ({
        contestant,
        at: /^\d+$/.test(at) ? Number(at) : at,
        samples: own,
      }),
    ),
  );
  return {
    date: '2026-01-31',
    rounds: 5,
    short: false,
    machine: {
      ...{ processor: 'a processor', cores: 2, memoryGb: 8, system: 'Linux 6' },
      ...{ node: '20.20.2', servers: ['PostgreSQL 15'] },
    },
    versions: { pg: '8.0.0' },
    cells,
  };
}
