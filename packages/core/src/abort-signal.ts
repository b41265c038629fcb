/**
 * An `AbortSignal`. Its type comes with those of a runtime, such as `@types/node` or the library
 * `DOM`: without any, it is what Holdfast asks of a signal.
 */
export type AbortSignalLike = typeof globalThis extends {
  AbortSignal: { prototype: infer Signal };
}
  ? Signal
  : {
      readonly aborted: boolean;
      addEventListener(type: 'abort', listener: () => void): void;
      throwIfAborted(): void;
    };
