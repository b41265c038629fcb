import type { Content } from '@holdfast/session';

/** An estimate of the tokens of a content. */
export function estimateTokens(content: Content): number {
  return Math.ceil(JSON.stringify(content).length / 4);
}
