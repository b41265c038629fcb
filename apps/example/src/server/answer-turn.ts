import { type Event, HoldfastError } from '@holdfast/core';
import type { RunningTurn } from './running-turn.ts';

/** The stored events of a turn, when it has ended. Fails as the turn does. */
export async function answerTurn(turn: RunningTurn): Promise<readonly Event[]> {
  await turn.ended;
  const { outcome } = turn;
  if (outcome?.type === 'error') throw new HoldfastError(outcome.error.code, outcome.error);
  return turn.events;
}
