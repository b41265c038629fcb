import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QUESTIONS } from '../questions/catalogue.ts';
import { readResults } from '../run/results.ts';
import { barChart } from './bar-chart.ts';
import { Figures } from './figures.ts';
import { lineChart } from './line-chart.ts';
import { panelsOf } from './panels.ts';
import { renderReport } from './render-report.ts';

/** Writes the report and its pictures into `folder`, from what was measured. */
export function writeReport(folder: string): void {
  const figures = new Figures(readResults(folder));
  const pictures = new Set<string>();
  for (const { sections, contestants } of QUESTIONS) {
    for (const { id, title, axis, unit, picture } of sections) {
      const panels = panelsOf(figures, { section: id, contestants });
      if (picture === 'none' || panels.length === 0) continue;
      const svg =
        picture === 'lines'
          ? lineChart({ title, axis, unit, panels })
          : barChart({ title, unit, columns: figures.columns(id), panels });
      writeFileSync(join(folder, `${id}.svg`), svg);
      pictures.add(id);
    }
  }
  writeFileSync(join(folder, 'README.md'), renderReport(figures, pictures));
}
