import { formatNumber } from '../numbers.ts';
import { formatTick, logScale } from './log-scale.ts';
import type { Panel } from './panels.ts';
import { round, svgPicture, svgText } from './svg.ts';

const WIDTH = 900;
const LABELS = 250;
const BAR = 10;
const GAP = 8;
const HEAD = 26;

/** Bars beside one another, one for each column, on one logarithmic scale. */
export function barChart(chart: {
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly (number | string)[];
  readonly panels: readonly Panel[];
}): string {
  const { title, unit, columns, panels } = chart;
  const values = panels.flatMap(({ series }) => series.flatMap((each) => each.values));
  const scale = logScale(
    values.map(({ value }) => value),
    { start: LABELS, end: WIDTH - 60 },
  );
  const parts: string[] = [];
  let y = 14;
  columns.forEach((at, i) => {
    const x = LABELS + (i % 2) * 300;
    const row = y + Math.floor(i / 2) * 16;
    parts.push(
      `<rect x="${x}" y="${row - 9}" width="18" height="9" fill="#2f81f7" fill-opacity="${shade(i)}"/>`,
    );
    parts.push(svgText({ x: x + 24, y: row, text: String(at) }));
  });
  y += Math.ceil(columns.length / 2) * 16 + 6;
  const top = y;
  for (const panel of panels) {
    y += HEAD;
    parts.push(svgText({ x: 0, y: y - 8, text: panel.title, className: 'title' }));
    for (const { name, stroke, values: own } of panel.series) {
      parts.push(svgText({ x: LABELS - 8, y: y + 10, text: name, anchor: 'end' }));
      for (const { at, value } of own) {
        const column = columns.indexOf(at);
        const end = round(scale.place(value));
        parts.push(
          `<rect x="${LABELS}" y="${y + column * BAR}" width="${round(end - LABELS)}" height="${BAR - 2}" fill="${stroke.colour}" fill-opacity="${shade(column)}"/>`,
          svgText({ x: end + 5, y: y + column * BAR + 8, text: formatNumber(value) }),
        );
      }
      y += columns.length * BAR + GAP;
    }
  }
  for (const tick of scale.ticks) {
    const x = round(scale.place(tick));
    parts.unshift(`<path class="axis" d="M${x} ${top}V${y}"/>`);
    parts.push(svgText({ x, y: y + 14, text: formatTick(tick), anchor: 'middle' }));
  }
  parts.push(svgText({ x: WIDTH, y: y + 30, text: unit, anchor: 'end' }));
  return svgPicture({
    title: `${title}: ${unit}`,
    width: WIDTH,
    height: y + 36,
    body: parts.join('\n'),
  });
}

function shade(column: number): number {
  return round(1 - column * 0.2);
}
