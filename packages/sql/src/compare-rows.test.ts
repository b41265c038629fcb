import { describe, expect, it } from 'vitest';
import { compareAsRow, compareByColumn } from './compare-rows.ts';
import { bind } from './sql-template.ts';

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

describe('compareAsRow', () => {
  it('compares rows', () => {
    expect(bind(compareAsRow(comparison), { time: 5, id: 'a' })).toEqual({
      text: '(time, id) < (?, ?)',
      values: [5, 'a'],
    });
  });
});

describe('compareByColumn', () => {
  it('says the same, column by column', () => {
    expect(bind(compareByColumn(comparison), { time: 5, id: 'a' })).toEqual({
      text: '(time < ? OR (time = ? AND id < ?))',
      values: [5, 5, 'a'],
    });
  });
});
