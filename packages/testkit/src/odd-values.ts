/** Values that a store may make something else of. */

const lines = [
  'a\r\nb',
  'a\rb',
  'a\nb',
  '\r\n',
  '\n',
  '\r',
  'a\n',
  '\na',
  'a\u2028b\u2029c',
  'a\u0085b',
];
const spaces = [
  ' ',
  '  a  ',
  'a ',
  ' a',
  '\ta\t',
  'a  b',
  '\u00a0a\u00a0',
  '\u3000',
  '',
  '\ufeffa\ufeff',
];
const controls = [
  '\u0000',
  'a\u0000',
  '\u0000b',
  '\u0001\u001f\u007f',
  '\b\f\v',
  '\u200b\u200d',
  '\uffff\ufffe',
];
const forms = [
  '\u00e9',
  'e\u0301',
  '\ufb01',
  'fi',
  '\u212b',
  '\u00c5',
  '\u1e9e',
  'ss',
  '\u{1d11e}',
];
const surrogates = ['\ud800', '\udfff\ud800', 'a\udc00b', '\ud83d', '\ufffd'];
const otherTypes = [
  ...['1', '1.0', '-0', '007', '1e3', '0x10', 'NaN', 'Infinity', '9007199254740993', '1,000'],
  ...['true', 'false', 'True', 'null', 'NULL', 'undefined', 'None', '[object Object]'],
  ...['2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', '00:00', '1700000000000'],
  ...['{}', '[]', '{"a":1}', '"a"', '[1]', '/a/g', 'aGVsbG8=', '\\x00', '\\u0041', '%20', '&amp;'],
];
const marks = [
  ...[
    "'; DROP TABLE sessions; --",
    "it''s",
    '\\',
    '\\\\',
    '"',
    "'",
    '`',
    '{a}',
    '$1',
    '?',
    ':name',
  ],
  ...['__proto__', 'constructor', '$ref', '$date', '@type', '#/a/0', '__NULL__', '__undefined__'],
];
export const markers = [
  { $date: 1 },
  { $ref: '#/a' },
  { $undefined: true },
  { __type: 'Map', value: [] },
  { $numberLong: '1' },
  { type: 'Buffer', data: [1] },
  { toJSON: 'a' },
  { length: 0 },
  { 0: 'a', 1: 'b' },
  { removed: true },
  { deleted: null },
  { value: null },
  [['a', 1]],
  JSON.parse('{"__proto__":{"polluted":true},"prototype":{"a":1}}'),
];
export const numbers = [
  ...[0, 1, -1, 1.5, 100, 0.1 + 0.2, 1e-7, 1e21, 1e300, 5e-324, 1.7976931348623157e308],
  ...[2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 2 ** 64],
  ...[123456789.12345679, 4.35, 1.005, 0.000001, 1_700_000_000_000.5],
];
export const empties = [
  '',
  0,
  false,
  null,
  [],
  {},
  [[]],
  [{}],
  { '': '' },
  { a: null },
  [null],
  [0, '', false],
];

/** Texts by what is odd about them. */
export const textKinds: readonly (readonly [string, readonly string[]])[] = [
  ['with line breaks of every kind', lines],
  ['with white space at either end, or of nothing else', spaces],
  ['with control characters and such as are not seen', controls],
  ['that look the same in another form of Unicode', forms],
  ['with halves of surrogate pairs', surrogates],
  ['that look like a number, a truth, a date or JSON', otherTypes],
  ['that look like SQL, a pattern or a mark of a store', marks],
];

/** Pairs of contents that are not the same, however alike. */
export const alike: readonly (readonly [unknown, unknown])[] = [
  ['a', 'A'],
  ['a', 'a '],
  ['a', ' a'],
  ['a', ''],
  ['\u00e9', 'e\u0301'],
  ['a', '\u00e1'],
  ['a\nb', 'a\r\nb'],
  ['\ud800', '\ufffd'],
  ['a', 'a\u0000'],
  ['1', 1],
  ['', null],
  [0, null],
  [0, false],
  [0, ''],
  ['null', null],
  ['true', true],
  [[], {}],
  [[], null],
  [[1], { 0: 1 }],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: null }, {}],
  [1, 1.0000000000000002],
  [2 ** 53, 2 ** 53 + 2],
  [{ a: 1 }, { A: 1 }],
];
