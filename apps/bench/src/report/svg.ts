/** Colours that can be read on a light and on a dark ground. */
const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #57606a }
  .title { font-weight: 600; font-size: 13px; fill: #24292f }
  .axis { stroke: #8c959f; stroke-opacity: .35 }
  @media (prefers-color-scheme: dark) { text { fill: #9198a1 } .title { fill: #e6edf3 } }`;

const PEER_COLOURS = ['#bc4c00', '#8250df', '#1a7f37', '#bf3989', '#9a6700'];

export interface Stroke {
  readonly colour: string;
  readonly width: number;
  /** A pattern of dashes; empty: a solid line. */
  readonly dashes: string;
}

/** How a contestant is drawn. `index` counts the peers of a panel. */
export function strokeOf(kind: 'holdfast' | 'limit' | 'peer', index: number): Stroke {
  switch (kind) {
    case 'holdfast':
      return { colour: '#2f81f7', width: 2.5, dashes: '' };
    case 'limit':
      return { colour: '#8c959f', width: 2, dashes: '4 3' };
    case 'peer':
      return { colour: PEER_COLOURS[index % PEER_COLOURS.length] ?? '', width: 1.5, dashes: '' };
  }
}

/** A whole picture. */
export function svgPicture(picture: {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly body: string;
}): string {
  const { width, height, title, body } = picture;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeText(title)}</title>
<style>${STYLE}
</style>
${body}
</svg>
`;
}

export interface TextAt {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly className?: string;
}

export function svgText({ x, y, text, anchor = 'start', className }: TextAt): string {
  const kind = className === undefined ? '' : ` class="${className}"`;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${kind}>${escapeText(text)}</text>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('`', '');
}
