import { joinStateKey, STATE_PREFIXES, State, splitStateKey } from '@holdfast/state';

export const state = new State({ cart: [] });
export const value = state.get('cart');
export const entries = [...state];
export const taken = state.takeDelta();
export const later = state.withDelta(taken);
export const json = state.toJSON();
export const split = splitStateKey('user:name');
export const joined = joinStateKey(split);
export const prefixes = STATE_PREFIXES;
