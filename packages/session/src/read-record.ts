import { HoldfastError } from '@holdfast/core';
import { describeType, invalidArgument, isPlainObject } from '@holdfast/core/internal';
import { type ExportRecord, RECORD_VERSION } from './export-record.ts';

/** Refuses records that are no list or stream of them. */
export function checkRecords(records: unknown): void {
  const { [Symbol.asyncIterator]: walk, [Symbol.iterator]: walkAtOnce } = Object(records);
  if (typeof records !== 'string' && typeof (walk ?? walkAtOnce) === 'function') return;
  throw invalidArgument('records', `must be iterable, got ${describeType(records)}`);
}

/** A record of which each field was read once; `invalid_argument` with its place if it is none. */
export function readRecord(given: unknown, place: number): ExportRecord {
  let record: unknown;
  try {
    record = isPlainObject(given) ? { ...given } : given;
  } catch (cause) {
    throw badRecord(place, 'could not be read', cause);
  }
  checkRecord(record, place);
  return record;
}

function checkRecord(record: unknown, place: number): asserts record is ExportRecord {
  if (!isPlainObject(record)) {
    throw badRecord(place, `must be an object, got ${describeType(record)}`);
  }
  const { type, version } = record;
  if (version !== RECORD_VERSION) {
    throw new HoldfastError('unsupported', {
      message: `record ${place} has the version ${describe(version)}: this package knows ${RECORD_VERSION}`,
      path: 'version',
    });
  }
  switch (type) {
    case 'session':
      if (Number.isSafeInteger(record['revision'])) return;
      throw badRecord(place, `must have an integer as its revision`);
    case 'event':
    case 'state':
      if (isPlainObject(record[type])) return;
      throw badRecord(
        place,
        `must have an object as its ${type}, got ${describeType(record[type])}`,
      );
    default:
      throw badRecord(place, `has the type ${describe(type)}, which is not known`);
  }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : describeType(value);
}

/** The error for a record that is in the way. */
export function badRecord(place: number, problem: string, cause?: unknown): HoldfastError {
  const message = `record ${place} ${problem}`;
  return new HoldfastError('invalid_argument', { message, path: 'records', cause });
}
