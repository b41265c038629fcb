import type { SessionService } from '@holdfast/session';

/** A service with one fault. */
export interface BrokenService {
  /** What it does wrong. */
  readonly fault: string;
  /** The title of the case that finds it out: this one, and no other. */
  readonly failsAt: string;
  readonly create: () => SessionService;
}
