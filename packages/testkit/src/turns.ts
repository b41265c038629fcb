import { at } from './scenario.ts';

/** How an append, or whoever asks for the session, is refused if another turn has it. */
export const refusedTurn = { code: 'conflict', path: 'turn' } as const;

/** An event to be appended in a turn. */
export function eventInTurn(id: string) {
  return { id, timestamp: at(1) };
}
