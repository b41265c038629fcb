import type { SqlQuery, SqlValue } from './sql-client.ts';

/** What stands between the text of a template: more text, a template, or a value of the input. */
export type SqlPart<Input> = string | SqlTemplate<Input> | ((input: Input) => SqlValue);

/** A statement, or a part of one, over inputs of one type. Its text never changes. */
export interface SqlTemplate<Input> {
  /** Each value is a `?`, in the order of `values`. No other `?` stands in it. */
  readonly text: string;
  values(input: Input): SqlValue[];
}

/**
 * Writes a template: a string is text, a function is a value.
 *
 *     sql<SessionKey>`SELECT revision FROM ${sessions} WHERE session_id = ${(key) => key.sessionId}`
 */
export function sql<Input>(
  strings: TemplateStringsArray,
  ...parts: readonly SqlPart<Input>[]
): SqlTemplate<Input> {
  // Only what is written here is put on one line: a name may have spaces of its own.
  const written = strings.map((each) => each.replaceAll(/\s+/g, ' '));
  const text: string[] = [written[0]?.trimStart() ?? ''];
  const values: ((input: Input, into: SqlValue[]) => void)[] = [];
  parts.forEach((part, i) => {
    if (typeof part === 'string') {
      text.push(part);
    } else if (typeof part === 'function') {
      text.push('?');
      values.push((input, into) => into.push(part(input)));
    } else {
      text.push(part.text);
      values.push((input, into) => into.push(...part.values(input)));
    }
    const next = written[i + 1] ?? '';
    text.push(i === parts.length - 1 ? next.trimEnd() : next);
  });
  return {
    text: text.join(''),
    values(input) {
      const into: SqlValue[] = [];
      for (const add of values) add(input, into);
      return into;
    },
  };
}

/** The statement for one input. */
export function bind<Input>(template: SqlTemplate<Input>, input: Input): SqlQuery {
  return { text: template.text, values: template.values(input) };
}
