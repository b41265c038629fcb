import { describe, expect, it } from 'vitest';
import { compareAsRow, compareByColumn } from './sql-dialect.ts';
import { queryOf } from './sql-statement.ts';

interface Place {
  readonly time: number;
  readonly id: string;
}

const comparison = {
  operator: '<',
  columns: [
    { name: 'time', value: ({ time }: Place) => time },
    { name: 'id', value: ({ id }: Place) => id },
  ],
} as const;

const place = { time: 5, id: 'a' };

describe('compareAsRow', () => {
  it('compares rows', () => {
    expect(queryOf(compareAsRow(comparison))(place)).toMatchObject({
      statement: { pieces: ['(time, id) < (', ', ', ')'] },
      values: [5, 'a'],
    });
  });
});

describe('compareByColumn', () => {
  it('says the same, column by column', () => {
    expect(queryOf(compareByColumn(comparison))(place)).toMatchObject({
      statement: { pieces: ['(time < ', ' OR (time = ', ' AND id < ', '))'] },
      values: [5, 5, 'a'],
    });
  });
});
