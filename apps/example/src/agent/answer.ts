import type { Content, FunctionCall, Part } from '@holdfast/core';
import type { ModelChunk, ModelEnd } from './model.ts';

/** What a model has said so far, in one call of it. */
export class Answer {
  readonly #parts: Part[] = [];
  #end: ModelEnd = {};

  add(chunk: ModelChunk): void {
    if (chunk.kind === 'end') {
      this.#end = { ...this.#end, ...chunk.end };
      return;
    }
    const last = this.#parts.at(-1);
    if (last !== undefined && canJoin(last, chunk.part)) {
      this.#parts.splice(-1, 1, { ...last, text: `${last.text}${chunk.part.text}` });
    } else {
      this.#parts.push(chunk.part);
    }
  }

  /** How it ended; empty until it has. */
  get end(): ModelEnd {
    return this.#end;
  }

  get calls(): readonly FunctionCall[] {
    return this.#parts.flatMap(({ functionCall }) => functionCall ?? []);
  }

  /** All that was said. Nothing was said: then there is no content, rather than an empty one. */
  get content(): Content | undefined {
    return contentOf(this.#parts);
  }

  /** What was said without the calls, which nobody will answer where the answer broke off. */
  get contentWithoutCalls(): Content | undefined {
    return contentOf(this.#parts.filter(({ functionCall }) => functionCall === undefined));
  }
}

function contentOf(parts: readonly Part[]): Content | undefined {
  return parts.length === 0 ? undefined : { role: 'model', parts };
}

/** Pieces of one text. A part with a signature goes back to the model as it came. */
function canJoin(last: Part, next: Part): boolean {
  return isPlainText(last) && isPlainText(next) && last.thought === next.thought;
}

function isPlainText(part: Part): boolean {
  return (
    part.text !== undefined &&
    Object.keys(part).every((field) => field === 'text' || field === 'thought')
  );
}
