import type { Compaction, Content, Event } from '@holdfast/core';

/** A summary, and the events that it stands for. */
export interface Summary {
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly content: Content;
}

/** What an event summarizes; undefined if it is not a summary of a range of events. */
export function summaryOf({ actions, seq }: Event): Summary | undefined {
  // Anything may stand in the actions of an event that was appended as it is.
  const compaction: Partial<Compaction> | undefined = actions?.compaction;
  if (typeof compaction !== 'object' || compaction === null) return undefined;
  const { fromSeq, throughSeq, compactedContent: content } = compaction;
  if (!isSeq(fromSeq) || !isSeq(throughSeq) || fromSeq > throughSeq) return undefined;
  // What is yet to come cannot be covered.
  if (seq !== undefined && throughSeq >= seq) return undefined;
  return isContent(content) ? { fromSeq, throughSeq, content } : undefined;
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isContent(value: unknown): value is Content {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray((value as Content).parts);
}
