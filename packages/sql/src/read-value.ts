import { HoldfastError } from '@holdfast/core';
import { describeType } from '@holdfast/core/internal';

/**
 * An integer of an answer, as a client gives it: a number, a `bigint`, or its digits. `misconfigured`
 * if the client has made something else of it, and `corrupt` if it is not an integer.
 */
export function readInteger(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'string': {
      const integer =
        typeof value === 'string' && !/^-?\d+$/.test(value) ? Number.NaN : Number(value);
      if (Number.isSafeInteger(integer)) return integer;
      throw new HoldfastError('corrupt', {
        message: `an answer of the database has ${JSON.stringify(String(value))} for an integer`,
      });
    }
    default:
      throw changedValue(value, 'an integer');
  }
}

/**
 * A text of an answer. `misconfigured` if the client has made something else of it; `corrupt` if it
 * is a number, as SQLite, whose columns have no types, gives it of a file that is damaged.
 */
export function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') {
    throw new HoldfastError('corrupt', {
      message: `an answer of the database has ${value} for a text: what is stored is damaged, or a parser of the client has changed it`,
    });
  }
  throw changedValue(value, 'a text');
}

/** The rows of an answer, each an array; `misconfigured` if the client gives something else. */
export function readRows(rows: unknown): readonly (readonly unknown[])[] {
  if (!Array.isArray(rows)) throw changedValue(rows, 'a list of rows');
  for (const row of rows) if (!Array.isArray(row)) throw changedValue(row, 'a row as an array');
  return rows;
}

function changedValue(value: unknown, expected: string): HoldfastError {
  return new HoldfastError('misconfigured', {
    message: `the client gives ${describeType(value)} for ${expected}: a parser, an option or a wrapper of it changes what the database answers`,
  });
}
