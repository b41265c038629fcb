import { formatTick, type LogScale, logScale } from './log-scale.ts';
import type { Panel } from './panels.ts';
import { round, svgPicture, svgText } from './svg.ts';

const WIDTH = 300;
const PLOT = { left: 48, right: 288, top: 30, bottom: 190 };
const LEGEND_LINE = 15;
const PER_ROW = 3;

/** Lines over numbers, both axes logarithmic, all panels with the same scales. */
export function lineChart(chart: {
  readonly title: string;
  readonly axis: string;
  readonly unit: string;
  readonly panels: readonly Panel[];
}): string {
  const { title, axis, unit, panels } = chart;
  const all = panels.flatMap(({ series }) => series.flatMap(({ values }) => values));
  const x = logScale(
    all.map(({ at }) => Number(at)),
    { start: PLOT.left, end: PLOT.right },
  );
  const y = logScale(
    all.map(({ value }) => value),
    { start: PLOT.bottom, end: PLOT.top },
  );
  const legend = Math.max(...panels.map(({ series }) => series.length)) * LEGEND_LINE;
  const height = PLOT.bottom + 44 + legend;
  const perRow = Math.min(PER_ROW, panels.length);
  const body = panels.map((panel, i) => {
    const left = (i % perRow) * WIDTH;
    const top = Math.floor(i / perRow) * height;
    return `<g transform="translate(${left} ${top})">${drawPanel(panel, { x, y, axis, unit })}</g>`;
  });
  return svgPicture({
    title: `${title}: ${unit} by ${axis}`,
    width: perRow * WIDTH,
    height: Math.ceil(panels.length / perRow) * height,
    body: body.join('\n'),
  });
}

function drawPanel(
  { title, series }: Panel,
  scales: {
    readonly x: LogScale;
    readonly y: LogScale;
    readonly axis: string;
    readonly unit: string;
  },
): string {
  const { x, y, axis, unit } = scales;
  const parts = [svgText({ x: PLOT.left, y: 16, text: title, className: 'title' })];
  parts.push(svgText({ x: PLOT.right, y: 16, text: unit, anchor: 'end' }));
  for (const tick of y.ticks) {
    const at = round(y.place(tick));
    parts.push(`<path class="axis" d="M${PLOT.left} ${at}H${PLOT.right}"/>`);
    parts.push(svgText({ x: PLOT.left - 5, y: at + 4, text: formatTick(tick), anchor: 'end' }));
  }
  for (const tick of x.ticks) {
    const at = x.place(tick);
    parts.push(svgText({ x: at, y: PLOT.bottom + 15, text: formatTick(tick), anchor: 'middle' }));
  }
  parts.push(svgText({ x: PLOT.right, y: PLOT.bottom + 29, text: axis, anchor: 'end' }));
  series.forEach(({ name, stroke, values }, i) => {
    const points = values.map(
      ({ at, value }) => [round(x.place(Number(at))), round(y.place(value))] as const,
    );
    const line = `stroke="${stroke.colour}" stroke-width="${stroke.width}" stroke-dasharray="${stroke.dashes}" fill="none"`;
    parts.push(`<path d="M${points.map((point) => point.join(' ')).join('L')}" ${line}/>`);
    for (const [cx, cy] of points) {
      parts.push(`<circle cx="${cx}" cy="${cy}" r="2.5" fill="${stroke.colour}"/>`);
    }
    const at = PLOT.bottom + 42 + i * LEGEND_LINE;
    parts.push(`<path d="M${PLOT.left} ${at - 4}h18" ${line}/>`);
    parts.push(svgText({ x: PLOT.left + 24, y: at, text: name }));
  });
  return parts.join('');
}
