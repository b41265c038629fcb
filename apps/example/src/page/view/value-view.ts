import type { JsonValue } from '@holdfast/core';
import { element } from '../dom/element.ts';

const SHORT = 60;
const MANY_LINES = 12;

/** A JSON value as it is written: on one line where it is short, else set out, and folded where it is long. */
export function valueView(value: JsonValue): HTMLElement {
  const line = toJson(value);
  const isFlat = typeof value !== 'object' || value === null || line.length <= SHORT;
  const text = isFlat ? spaced(value, line) : toJson(value, 2);
  const lines = text.split('\n');
  if (lines.length <= MANY_LINES && text.length <= 600) {
    return element('pre', { class: 'value', text });
  }
  const summary = lines.length > 1 ? `${lines.length} lines` : `${text.length} characters`;
  return element('details', {
    class: 'long-value',
    children: [
      element('summary', {
        children: [
          element('span', { class: 'value', text: `${line.slice(0, 100)}…` }),
          ` ${summary}`,
        ],
      }),
      element('pre', { class: 'value', text }),
    ],
  });
}

/** JSON in which what turns the direction of a text is escaped: it shows, and turns nothing. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u202a-\u202e\u2066-\u2069]/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16)}`,
  );
}

/** A short list reads better with white space behind its commas. */
function spaced(value: JsonValue, line: string): string {
  if (!Array.isArray(value)) return line;
  return `[${value.map((item) => toJson(item)).join(', ')}]`;
}
