// Kinds of characters. Letters are those of the Latin alphabet.
const LETTER = 1;
const DIGIT = 2;
const SPACE = 3;
const LINE_END = 4;
const SIGN = 5;
const OTHER = 6;
const TAB = 9;
/** Signs that lines are drawn with. */
const RULES = '#*+-./=_~';

/** Tokens for each UTF-16 unit from `from` on, which is a multiple of 16. */
const SCRIPTS: readonly (readonly [from: number, tokens: number])[] = [
  [0x80, 1], // signs such as ° and «
  [0xc0, 0], // 0: Latin letters
  [0x250, 1.8], // phonetic letters, combining marks
  [0x370, 0.46], // Greek
  [0x400, 0.75], // Cyrillic capitals
  [0x430, 0.37], // Cyrillic
  [0x530, 0.43], // Armenian
  [0x590, 0.47], // Hebrew
  [0x600, 0.43], // Arabic
  [0x700, 2],
  [0x900, 0.42], // Devanagari, Bengali, Tamil and others of India
  [0xd80, 0.7], // Sinhala
  [0xe00, 0.43], // Thai
  [0xe80, 1.6], // Lao, Tibetan
  [0x1000, 0.55], // Burmese
  [0x10a0, 0.42], // Georgian
  [0x1100, 2.4], // Ethiopic, Cherokee and others
  [0x1780, 0.7], // Khmer
  [0x1800, 3],
  [0x1e00, 0], // Latin letters
  [0x1f00, 1.5], // Greek with accents
  [0x2000, 1], // quotation marks, dashes
  [0x2070, 1.6], // arrows, mathematics
  [0x2500, 0.7], // lines of boxes
  [0x2580, 1.6], // symbols
  [0x2800, 3],
  [0x3000, 0.8], // punctuation and kana of Japanese
  [0x3100, 2.5],
  [0x4e00, 0.86], // ideographs
  [0xa000, 3],
  [0xac00, 0.79], // Hangul
  [0xd800, 1], // halves of emoji
  [0xd840, 2.5], // halves of rare ideographs
  [0xdc00, 1], // second halves
  [0xe000, 3],
  [0xfe00, 1.5],
  [0xff00, 0.9], // punctuation in full width
  [0xff20, 1.6], // letters in full width
];

/** The tokens of `SCRIPTS` for each block of 16 units. */
const BLOCKS = /* @__PURE__ */ SCRIPTS.reduce(
  (blocks, [from, tokens]) => blocks.fill(tokens, from / 16),
  new Float32Array(0x1000),
);

function kindOf(code: number): number {
  if (code >= 0x80) return BLOCKS[code >> 4] === 0 ? LETTER : OTHER;
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return LETTER;
  if (code === 32 || code === TAB) return SPACE;
  if (code === 10 || code === 13) return LINE_END;
  return code >= 48 && code <= 57 ? DIGIT : SIGN;
}

/**
 * How many tokens a text has, nearly. What a character adds depends on its kind, and on what stands
 * before it. Most short words are one token, so that only the later letters of a word add to it.
 */
export function textTokens(text: string): number {
  let tokens = 0;
  let before = 0;
  let kindBefore = OTHER;
  /** How many of a kind stand in a row, up to here. A capital begins a word of its own. */
  let run = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const kind = kindOf(code);
    const same = code === before;
    const begins = kind !== kindBefore || (isCapital(code) && !isCapital(before));
    // A word has one token with the sign before it, as in `.name`.
    const joined = kindBefore === SIGN && run === 1;
    run = begins ? 1 : run + 1;
    switch (kind) {
      case LETTER:
        if (begins && joined) tokens += 0.3;
        else if (begins) tokens += kindBefore === LETTER || kindBefore === DIGIT ? 1.2 : 1;
        else if (run > 8) tokens += same ? 1 / 8 : 0.5;
        else if (run > 4) tokens += 0.2;
        if (code >= 0x80) tokens += 0.5;
        // Fewer words have a token in capitals.
        if (run > 2 && isCapital(code)) tokens += 0.15;
        break;
      case DIGIT:
        if (run % 3 === 1) tokens += 1;
        // A space is part of the word behind it, but not of a number.
        if (begins && kindBefore === SPACE) tokens += 1;
        break;
      case SPACE:
        if (run === 2) tokens += 1;
        else if (run > 2) tokens += code === TAB ? 1 / 16 : 1 / 64;
        break;
      case LINE_END:
        if (!begins) tokens += 1 / 16;
        else if (kindBefore !== SIGN) tokens += 1;
        break;
      case SIGN:
        if (begins) tokens += 0.7;
        else if (same) tokens += RULES.includes(text.charAt(i)) ? 1 / 16 : 0.35;
        else if (run > 3) tokens += 0.7;
        break;
      default:
        tokens += BLOCKS[code >> 4] ?? 0;
    }
    before = code;
    kindBefore = kind;
  }
  return tokens;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}
