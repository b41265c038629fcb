const pattern =
  /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(?:Z| ?UTC| ?([+-])(\d\d)(?::?(\d\d))?(?: (?:[A-Z]{2,5}|[+-]\d{2,4}))?(?: m=[+-][\d.]+)?)?$/;

/**
 * A text with a date and a time as epoch ms, with fractions of it; in UTC if it names no zone.
 * Undefined if it is anything else, such as a day that no month has.
 */
export function storedTime(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, date, clock, fraction = '0', sign, hours = '0', minutes = '0'] = match;
  const iso = `${date}T${clock}`;
  const whole = Date.parse(`${iso}Z`);
  // JavaScript takes the 30th of February for the 2nd of March.
  if (Number.isNaN(whole) || !new Date(whole).toISOString().startsWith(iso)) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return whole + Number(fraction) * 1000 + (sign === '-' ? offset : -offset);
}

/** A text with seconds since 1970 as epoch ms. Undefined if it is anything else. */
export function timeOfSeconds(text: string): number | undefined {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return undefined;
  return Number(text) * 1000;
}

/** What the number of a time counts. */
export type TimeUnit = 's' | 'ms';

const DAY = 24 * 60 * 60 * 1000;

/**
 * What a time counts that Python (seconds) or JavaScript (ms) has written, and with it a column of
 * the same time, which is in epoch ms, but may be in a zone of its own. Undefined if the column
 * does not tell, and the number could be either.
 */
export function unitOf(time: number, column: number | undefined): TimeUnit | undefined {
  if (column !== undefined) {
    const [s, ms] = [Math.abs(time * 1000 - column), Math.abs(time - column)];
    if (Math.min(s, ms) <= DAY) return s < ms ? 's' : 'ms';
  }
  // Refused in any unit.
  if (time < 0 || time > 8.64e15) return 'ms';
  // The years 2001 to 2286. What is a time of them in one unit is not in the other.
  if (time >= 1e9 && time < 1e10) return 's';
  return time >= 1e12 && time < 1e13 ? 'ms' : undefined;
}
