/** Digits that look random and are the same each time. */
function randomNumbers(count: number): number[] {
  let state = 12345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  });
}

function randomText(alphabet: string, length: number): string {
  return randomNumbers(length)
    .map((number) => alphabet.charAt(number % alphabet.length))
    .join('');
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const BASE64 = `${LOWER.toUpperCase()}${LOWER}0123456789+/`;

/** What is neither prose nor code: a tokenizer has few long tokens for most of it. */
export const DATA = {
  base64: randomText(BASE64, 2000),
  'base64 in lines': randomText(BASE64, 2000).replaceAll(/.{76}/g, '$&\n'),
  'base64 of a picture of one colour': `iVBORw0KGgo${'A'.repeat(1000)}`,
  hexadecimal: randomText('0123456789abcdef', 1000),
  'hexadecimal in upper case': randomText('0123456789ABCDEF', 1000),
  UUIDs: randomText('0123456789abcdef', 640).replaceAll(
    /(.{8})(.{4})(.{4})(.{4})(.{12})/g,
    '$1-$2-$3-$4-$5\n',
  ),
  digits: randomText('0123456789', 1000),
  'numbers in columns': randomText('0123456789', 1000).replaceAll(/(..)(....)/g, '$1.$2\t'),
  zeros: '0'.repeat(1000),
  'one lower-case word': randomText(LOWER, 300),
  'one upper-case word': randomText(LOWER.toUpperCase(), 300),
  'lower-case ids': randomText(LOWER, 1000).replaceAll(/.{20}/g, '$& '),
  'one letter': 'a'.repeat(500),
  spaces: ' '.repeat(1000),
  tabs: '\t'.repeat(100),
  'empty lines': '\n'.repeat(100),
  'lines with deep indents': `${' '.repeat(40)}x\n`.repeat(30),
  'a rule of hyphens': '-'.repeat(80),
  'a rule of box-drawing lines': '─'.repeat(80),
  'random punctuation': randomText('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 500),
  'brackets of one kind': '['.repeat(300),
  'a URL': 'https://example.com/a/b?utm_source=mail&id=Zx81kQ2b&lang=en#top',
  emoji: '😀🎉👍🏽👩‍👩‍👧‍👦🇫🇷🏳️‍🌈🚀❤️✅🙏🏿',
  'rare ideographs': '龘靐齉爩麤龗鱻灪籲驫𠀀𠮷𡃁',
  'Latin letters in full width': 'Ｈｅｌｌｏ，ｗｏｒｌｄ！１２３',
  'mathematical letters': '𝕙𝕖𝕝𝕝𝕠 𝖜𝖔𝖗𝖑𝖉',
  'combining marks':
    'Z\u0351\u036b\u0343a\u0310\u0346l\u0307\u030bg\u0300\u0301o\u0304\u0311'.repeat(5),
  'letters with marks of their own': 'Toi đi hoc'.normalize('NFD').replaceAll('o', 'o\u0323\u0302'),
  'control characters': '\u0000\u0001\u0002\u001b[31m\u0007',
  'lone surrogates': '\ud83d\ud83d\udc4d\udc4d'.repeat(4),
  Amharic: 'ትናንት ማታ የመጨረሻው ባቡር አንድ ሰዓት ዘግይቶ ስለነበር በወንዙ ዳር በእግር ወደ ቤት ሄድን።',
  Khmer: 'កាលពីយប់មិញ រថភ្លើងចុងក្រោយមកយឺតមួយម៉ោង ដូច្នេះយើងដើរទៅផ្ទះតាមមាត់ទន្លេ។',
  Burmese: 'မနေ့ညက နောက်ဆုံးရထား တစ်နာရီ နောက်ကျလို့ မြစ်ကမ်းတစ်လျှောက် အိမ်ကို လမ်းလျှောက်ပြန်ခဲ့တယ်။',
  Tibetan: 'མདང་དགོང་མེ་འཁོར་མཐའ་མ་དེ་ཆུ་ཚོད་གཅིག་འགོར་སོང་།',
  Sinhala: 'ඊයේ රෑ අන්තිම දුම්රිය පැයක් ප්‍රමාද වුණා, ඒ නිසා අපි ගඟ දිගේ ගෙදරට ඇවිද ගියා.',
  Cherokee: 'ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᏗᎪᏪᎵ',
} satisfies Record<string, string>;
