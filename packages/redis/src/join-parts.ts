import type { ListPosition, PreparedList } from '@holdfast/session/store';

/** What a script has found of a list. */
export interface ListPart<Row> {
  readonly sessions: readonly Row[];
  readonly total: number;
  /** Where to go on; undefined if there are enough, or no more. */
  readonly stoppedAt: ListPosition | undefined;
}

interface PartsOptions<Row, Part> {
  readonly list: PreparedList;
  nameOf(row: Row): string;
  next(list: PreparedList): Promise<Part>;
  /** Whether the rest is not wanted any more. @default never */
  isOver?(part: Part): boolean;
}

/** All parts from the first one on, as one. What has moved on since a part is not listed again. */
export async function joinParts<Row, Part extends ListPart<Row>>(
  first: Part,
  { list, nameOf, next, isOver = () => false }: PartsOptions<Row, Part>,
): Promise<Part> {
  if (first.stoppedAt === undefined) return first;
  const found = new Map<string, Row>();
  for (let part = first; ; ) {
    for (const row of part.sessions) {
      const name = nameOf(row);
      if (!found.has(name)) found.set(name, row);
    }
    const { stoppedAt: after } = part;
    if (after === undefined || isOver(part)) {
      return { ...part, sessions: [...found.values()], total: first.total };
    }
    const limit = list.limit - found.size;
    part = await next({ ...list, after, limit, includeTotal: false });
  }
}
