import { HoldfastError } from '@holdfast/core';

/** A request that is refused whatever it says. It has a status of its own. */
export abstract class Refusal extends HoldfastError {
  abstract readonly status: 403 | 429 | 503;
}

/** A request that comes from elsewhere. */
export class ForeignRequest extends Refusal {
  readonly status = 403;

  constructor(path: string, problem: string) {
    super('invalid_argument', { message: `${path} ${problem}`, path });
  }
}

/** One request too many. */
export class TooManyRequests extends Refusal {
  /** 429 if its user has asked for too much, 503 if all together have. */
  readonly status: 429 | 503;

  constructor(status: 429 | 503, what: string) {
    super('unavailable', { message: `there are too many ${what} at once: try again later` });
    this.status = status;
  }
}
