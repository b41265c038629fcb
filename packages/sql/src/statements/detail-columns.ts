import { encodeDetails, type SessionDetails } from '@holdfast/session/store';
import type { SqlValue } from '../sql-statement.ts';

/** What the columns of a session hold of its details, besides when it expires. */
export interface DetailColumns {
  readonly details: SqlValue;
  readonly idleMs: SqlValue;
}

export function detailColumns(details: SessionDetails): DetailColumns {
  return { details: encodeDetails(details) || null, idleMs: details.expires?.afterIdle ?? null };
}
