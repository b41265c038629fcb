/** Numbers that a seed determines. */
export interface Random {
  /** An integer from 0 to `end`, exclusive. */
  below(end: number): number;
}

/** The generator of a seed and a text: Mulberry32, by Tommy Ettinger (public domain). */
export function seededRandom(seed: number, text: string): Random {
  let state = seed | 0;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return {
    below(end) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
    },
  };
}
