import { Writable } from 'node:stream';

/** A terminal's output that can be muted: what is written then is dropped. */
export class MutedOutput extends Writable {
  readonly #output: NodeJS.WriteStream;
  muted = false;

  constructor(output: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    this.#output = output;
  }

  /** Readline asks for it, to know where lines break. */
  get columns(): number {
    return this.#output.columns;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.#output.write(chunk);
    done();
  }
}
