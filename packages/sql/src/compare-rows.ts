import type { CompareRows } from './sql-dialect.ts';
import { type SqlTemplate, sql } from './sql-template.ts';

/** `(a, b) < (?, ?)`, where the database makes one range of an index of it. */
export const compareAsRow: CompareRows = ({ operator, columns }) => {
  const names = columns.map(({ name }) => name).join(', ');
  const values = columns
    .map(({ value }) => sql`${value}`)
    .reduce((list, value) => sql`${list}, ${value}`);
  return sql`(${names}) ${operator} (${values})`;
};

/** `(a < ? OR (a = ? AND (b < ?)))`, where a comparison of rows would use no index. */
export const compareByColumn: CompareRows = ({ operator, columns }) =>
  columns.reduceRight<SqlTemplate<never> | undefined>((rest, { name, value }) => {
    const beyond = sql`${name} ${operator} ${value}`;
    return rest === undefined ? beyond : sql`(${beyond} OR (${name} = ${value} AND ${rest}))`;
  }, undefined) as SqlTemplate<never>;
