/** Why a model gave no answer, or not all of it. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  /** The provider's own word for it, such as `RESOURCE_EXHAUSTED`. It becomes `errorCode`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
