// A program in which both builds meet: of ESM here, and of CommonJS where it imports from.

import type { HoldfastError, Session, SessionService, State } from '@holdfast/session';
import * as commonjs from './session.cjs';

export const service: SessionService = commonjs.service;
export const session: Session = commonjs.session;
export const state: State = commonjs.state;
export const error: HoldfastError = commonjs.error;
export const served: typeof commonjs.service = service;
export const next = (other: typeof commonjs.session): readonly Session[] => [
  session.withEvent(commonjs.event),
  other.withEvent(commonjs.event),
];
