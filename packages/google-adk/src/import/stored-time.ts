const pattern =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d+)?\s*(?:Z|UTC|([+-])(\d\d):?(\d\d))?/;

/**
 * A column with a time as epoch ms, with fractions of it: a date and time, in UTC if it names no
 * zone, or seconds since 1970, or milliseconds. Undefined if it is none of these.
 */
export function storedTime(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return text === '' ? undefined : epochMs(Number(text));
  const [, year, month, day, hour, minute, second, fraction = '0', sign, hours, minutes] = match;
  const whole = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * 60_000;
  return whole + Number(fraction) * 1000 + (sign === '-' ? offset : -offset);
}

// 1e11 seconds lie in the year 5138, 1e11 milliseconds in 1973.
const FEWEST_MILLISECONDS = 1e11;

/** A time in epoch ms, given in seconds, as Python has it, or in ms, as JavaScript has it. */
export function epochMs(time: number): number | undefined {
  if (!Number.isFinite(time)) return undefined;
  return Math.abs(time) < FEWEST_MILLISECONDS ? time * 1000 : time;
}

/** Whether Python wrote it: in seconds. */
export function isInSeconds(time: unknown): boolean {
  return typeof time === 'number' && Math.abs(time) < FEWEST_MILLISECONDS;
}
