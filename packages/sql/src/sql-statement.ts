/** What a parameter of a statement can be. A number is a safe integer. */
export type SqlValue = string | number | null;

/** The text of a statement, or of a part of one: the pieces between which its values stand. */
export interface SqlText {
  /** One more than there are values. */
  readonly pieces: readonly string[];
  /**
   * Whether a database must plan it for each use, even if it is prepared: a plan that is kept would
   * fit only some. A dialect has put something into the text that sees to it.
   * @default false
   */
  readonly planEachUse?: boolean;
}

/** A statement, or a part of one, over inputs of one type. Its text never changes. */
export interface SqlTemplate<Input> extends SqlText {
  readonly values: readonly ((input: Input) => SqlValue)[];
}

/** What stands between the text of a template: more text, a part, or a value of the input. */
export type SqlPart<Input> = string | SqlText | SqlTemplate<Input> | ((input: Input) => SqlValue);

/** A whole statement. It is the same object each time, so that what is made of it can be kept. */
export interface SqlStatement extends SqlText {
  readonly givesRows: boolean;
}

/** A statement with its values. */
export interface SqlQuery {
  readonly statement: SqlStatement;
  readonly values: readonly SqlValue[];
}

/** Where a value stands that is given beside the text, and not taken out of an input. */
export const SLOT = (): SqlValue => null;

/**
 * Writes a template: a string is text, a function is a value.
 *
 *     sql<SessionKey>`SELECT revision FROM ${sessions} WHERE session_id = ${(key) => key.sessionId}`
 */
export function sql<Input>(
  strings: TemplateStringsArray,
  ...parts: readonly SqlPart<Input>[]
): SqlTemplate<Input> {
  const text = new TemplateWriter<Input>();
  strings.forEach((written, i) => {
    // Only what is written here is put on one line: a name may have spaces of its own.
    let line = written.replaceAll(/\s+/g, ' ');
    if (i === 0) line = line.trimStart();
    if (i === strings.length - 1) line = line.trimEnd();
    text.add(line);
    if (i < parts.length) text.add(parts[i] as SqlPart<Input>);
  });
  return text.done();
}

/** Parts one after the other, with a separator between them. */
export function joinSql<Input>(
  parts: readonly SqlPart<Input>[],
  separator: string,
): SqlTemplate<Input> {
  const text = new TemplateWriter<Input>();
  parts.forEach((part, i) => {
    if (i > 0) text.add(separator);
    text.add(part);
  });
  return text.done();
}

class TemplateWriter<Input> {
  readonly #pieces: string[] = [''];
  readonly #values: ((input: Input) => SqlValue)[] = [];
  #planEachUse = false;

  add(part: SqlPart<Input>): void {
    if (typeof part === 'string') {
      this.#pieces[this.#pieces.length - 1] += part;
    } else if (typeof part === 'function') {
      this.#values.push(part);
      this.#pieces.push('');
    } else {
      part.pieces.forEach((piece, i) => {
        if (i > 0) this.add('values' in part ? (part.values[i - 1] ?? SLOT) : SLOT);
        this.add(piece);
      });
      this.#planEachUse ||= part.planEachUse === true;
    }
  }

  done(): SqlTemplate<Input> {
    return { pieces: this.#pieces, values: this.#values, planEachUse: this.#planEachUse };
  }
}

/** A query: what it gives is rows. The function makes one for each input. */
export function queryOf<Input>(template: SqlTemplate<Input>): (input: Input) => SqlQuery {
  return binder(template, { givesRows: true });
}

/** A command: it gives no rows, but tells how many it has changed. */
export function commandOf<Input>(template: SqlTemplate<Input>): (input: Input) => SqlQuery {
  return binder(template, { givesRows: false });
}

/** A command without values. */
export function plainCommand(text: string): SqlQuery {
  return { statement: { pieces: [text], givesRows: false }, values: [] };
}

export function binder<Input>(
  { pieces, values, planEachUse = false }: SqlTemplate<Input>,
  { givesRows }: { readonly givesRows: boolean },
): (input: Input) => SqlQuery {
  const statement: SqlStatement = { pieces, planEachUse, givesRows };
  return (input) => ({ statement, values: values.map((value) => value(input)) });
}
