import { describe, expect, it } from 'vitest';
import { bind, sql } from './sql-template.ts';

interface Person {
  readonly name: string;
  readonly age: number | null;
}

describe('sql', () => {
  it('puts text into the text, and values beside it, in order', () => {
    const older = sql<Person>`age > ${({ age }) => age}`;
    const query = sql<Person>`SELECT 1 FROM ${'people'} WHERE name = ${({ name }) => name} AND ${older}`;
    expect(bind(query, { name: "O'Neill?", age: null })).toEqual({
      text: 'SELECT 1 FROM people WHERE name = ? AND age > ?',
      values: ["O'Neill?", null],
    });
  });

  it('leaves what it is given as it is, spaces too', () => {
    const query = sql<Person>`SELECT 1
      FROM ${'"my  schema"."people"'}`;
    expect(query.text).toBe('SELECT 1 FROM "my  schema"."people"');
  });

  it('gives the same text for every input, on one line', () => {
    const query = sql<Person>`
      SELECT 1
      WHERE name = ${({ name }) => name}`;
    const texts = ['a', 'b'].map((name) => bind(query, { name, age: 1 }).text);
    expect(texts).toEqual(['SELECT 1 WHERE name = ?', 'SELECT 1 WHERE name = ?']);
  });
});
