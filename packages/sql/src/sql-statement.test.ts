import { describe, expect, it } from 'vitest';
import { commandOf, joinSql, queryOf, SLOT, type SqlTemplate, sql } from './sql-statement.ts';

interface Person {
  readonly name: string;
  readonly age: number | null;
}

describe('sql', () => {
  it('puts text into pieces, and values between them, in order', () => {
    const older = sql<Person>`age > ${({ age }) => age}`;
    const query = sql<Person>`SELECT 1 FROM ${'people'} WHERE name = ${({ name }) => name} AND ${older}`;
    expect(queryOf(query)({ name: "O'Neill?", age: null })).toEqual({
      statement: {
        pieces: ['SELECT 1 FROM people WHERE name = ', ' AND age > ', ''],
        givesRows: true,
        planEachUse: false,
      },
      values: ["O'Neill?", null],
    });
  });

  it('leaves what it is given as it is, spaces and question marks too', () => {
    const query = sql<Person>`SELECT 1
      FROM ${'"my  schema?"."people"'}`;
    expect(query.pieces).toEqual(['SELECT 1 FROM "my  schema?"."people"']);
  });

  it('is one statement for every input, on one line', () => {
    const query = queryOf(sql<Person>`
      SELECT 1
      WHERE name = ${({ name }) => name}`);
    const [one, two] = ['a', 'b'].map((name) => query({ name, age: 1 }).statement);
    expect(one?.pieces).toEqual(['SELECT 1 WHERE name = ', '']);
    expect(two).toBe(one);
  });

  it('keeps slots for values that are given beside it', () => {
    const row = joinSql([SLOT, SLOT], ', ');
    const insert = sql`INSERT INTO t VALUES (${row})`;
    expect(insert.pieces).toEqual(['INSERT INTO t VALUES (', ', ', ')']);
    const around = sql`WITH row AS (${{ pieces: insert.pieces }}) SELECT 1`;
    expect(around.pieces).toHaveLength(3);
    expect(around.values).toHaveLength(2);
  });

  it('is planned for each use if one of its parts is', () => {
    const part: SqlTemplate<Person> = { ...sql`SELECT 1`, planEachUse: true };
    expect(
      queryOf(sql`${part} UNION ALL SELECT 2`)({ name: 'a', age: 1 }).statement.planEachUse,
    ).toBe(true);
    expect(commandOf(sql`DELETE FROM t`)({}).statement).toMatchObject({
      givesRows: false,
      planEachUse: false,
    });
  });
});
