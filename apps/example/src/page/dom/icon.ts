const SVG = 'http://www.w3.org/2000/svg';

const paths = {
  menu: 'M4 7h16M4 12h16M4 17h10',
  layers: 'M12 4 4 8l8 4 8-4-8-4ZM4 12l8 4 8-4M4 16l8 4 8-4',
  close: 'M6 6l12 12M18 6 6 18',
  bin: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 11v5M13.5 11v5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M18.7 5.300l-1.4 1.400M6.7 17.300l-1.4 1.4',
  moon: 'M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10Z',
  half: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 4v16M12 8h6.800M12 12h8M12 16h6.8',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  tool: 'M14.5 6.500a4 4 0 0 0 5 5l-8 8a2.1 2.1 0 0 1-3-3l8-8M14.5 6.500l2.5-2.5',
  alert: 'M12 4 3 19.500h18L12 4ZM12 10v4.500M12 17v.1',
  chat: 'M5 5h14v10h-8l-4 4v-4H5V5Z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM5 20c.6-4 3.3-6 7-6s6.4 2 7 6',
  people:
    'M9 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 19c.4-3.3 2.6-5 6-5s5.6 1.7 6 5M16 11a3 3 0 1 0-.8-5.900M17.5 14.200c2 .5 3.2 2 3.5 4.8',
  bolt: 'M13 3 5 13.500h6L10.5 21 19 10h-6.200L13 3Z',
  down: 'M12 5v13M6.5 12.5 12 18l5.5-5.5',
} as const;

export type IconName = keyof typeof paths;

/** A line drawing that says nothing to a screen reader: the text beside it does. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
