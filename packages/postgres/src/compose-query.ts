import type { SqlQuery } from '@holdfast/sql';
import { numberValues } from './compose-write.ts';
import type { PostgresQuery } from './postgres-connections.ts';
import { NEVER_KEPT } from './postgres-dialect.ts';
import { statementName } from './statement-name.ts';

type ComposedQuery = Pick<PostgresQuery, 'text' | 'name'>;

/** Makes queries that PostgreSQL takes, of texts that come again and again. */
export class QueryComposer {
  readonly #queries = new Map<string, ComposedQuery>();
  readonly #preparedStatements: boolean;

  constructor({ preparedStatements }: { readonly preparedStatements: boolean }) {
    this.#preparedStatements = preparedStatements;
  }

  compose({ text, values }: SqlQuery): PostgresQuery {
    let query = this.#queries.get(text);
    if (query === undefined) {
      query = this.#composeText(numberValues(text));
      this.#queries.set(text, query);
    }
    return { ...query, values };
  }

  // With a name, a text is taken apart once. One whose plan might be kept has none.
  #composeText(text: string): ComposedQuery {
    if (!this.#preparedStatements || !text.includes(NEVER_KEPT)) return { text };
    return { text, name: statementName(text) };
  }
}
