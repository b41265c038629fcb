import {
  checkPlainObject,
  describeType,
  invalidArgument,
  isPlainObject,
  JsonCopier,
} from '@holdfast/core/internal';
import type { Content } from '@holdfast/session';

/**
 * A copy of what a summary says. `invalid_argument` for what is not JSON, for what tells nothing, and
 * for one half of a pair: a call or a response.
 */
export function copySummary(content: unknown, path: string): Content {
  checkPlainObject(content, path);
  const copied = new JsonCopier().copy(content, path) as { readonly parts?: unknown };
  const { parts } = copied;
  if (!Array.isArray(parts)) {
    throw invalidArgument(`${path}.parts`, `must be an array, got ${describeType(parts)}`);
  }
  for (const [i, part] of (parts as readonly unknown[]).entries()) {
    const place = `${path}.parts[${i}]`;
    if (!isPlainObject(part)) {
      throw invalidArgument(place, `must be a part, got ${describeType(part)}`);
    }
    for (const field of ['functionCall', 'functionResponse']) {
      if (part[field]) throw invalidArgument(`${place}.${field}`, 'cannot be in a summary');
    }
  }
  if (!parts.some(tells)) throw invalidArgument(`${path}.parts`, 'must say something');
  return copied as Content;
}

/** Whether there is anything in a part but an empty text, or the model's own thoughts. */
function tells({ text, thought, thoughtSignature: _, ...rest }: Record<string, unknown>): boolean {
  if (thought === true) return false;
  return (typeof text === 'string' && text.trim() !== '') || Object.keys(rest).length > 0;
}
