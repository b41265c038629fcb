/** Code and markup, written for these tests. */
export const CODE: Readonly<Record<string, string>> = {
  TypeScript: `import { readFile } from 'node:fs/promises';

/** Gives the orders of one customer, newest first. */
export async function loadOrders(path: string, customerId?: string): Promise<readonly Order[]> {
  const orders: Order[] = JSON.parse(await readFile(path, 'utf8'));
  return orders
    .filter((order) => customerId === undefined || order.customerId === customerId)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

class RetryError extends Error {
  constructor(readonly attempts: number, options?: ErrorOptions) {
    super(\`gave up after \${attempts} attempts\`, options);
  }
}
`,
  Python: `from collections import defaultdict

def group_by_length(words: list[str], *, minimum: int = 3) -> dict[int, list[str]]:
    """Group words by their length and leave out short ones."""
    groups = defaultdict(list)
    for word in words:
        if len(word) < minimum:
            continue
        groups[len(word)].append(word.strip().lower())
    return {k: sorted(v) for k, v in groups.items() if v}

if __name__ == "__main__":
    print(group_by_length(["tree", "of", "river", "stone"], minimum=2))
`,
  Go: `func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, "SELECT id, name FROM users WHERE active = $1", true)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var u User
		if err := rows.Scan(&u.ID, &u.Name); err != nil {
			log.Printf("scan: %v", err)
		}
	}
}
`,
  SQL: `SELECT c.name, COUNT(o.id) AS orders, COALESCE(SUM(o.total), 0) AS revenue
FROM customers AS c
LEFT JOIN orders AS o ON o.customer_id = c.id AND o.created_at >= NOW() - INTERVAL '30 days'
WHERE c.country IN ('DE', 'FR', 'NL')
GROUP BY c.name
HAVING COUNT(o.id) > 5
ORDER BY revenue DESC
LIMIT 20;
`,
  HTML: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Weather tomorrow</title>
    <link rel="stylesheet" href="/assets/main.css" />
  </head>
  <body class="page page--wide">
    <ul id="hours">
      <li data-hour="7"><span class="icon icon-rain"></span> 12&deg;C</li>
      <li data-hour="8"><span class="icon icon-sun"></span> 15&deg;C</li>
    </ul>
    <button type="button" onclick="refresh()">Refresh</button>
  </body>
</html>
`,
  Shell: `#!/usr/bin/env bash
set -euo pipefail
for file in "$1"/*.log; do
  lines=$(grep -c 'ERROR' "$file" || true)
  if [[ "$lines" -gt 0 ]]; then
    echo "$(basename "$file"): $lines errors" >> report.txt
  fi
done
tar -czf logs-$(date +%Y%m%d).tar.gz report.txt && rm -f report.txt
`,
  Markdown: `# Release notes

- **Faster search**: results appear while you type, see [the guide](https://example.com/docs/search).
- Fixed a crash when \`config.yaml\` was empty.

| Plan | Price | Users |
| ---- | ----: | ----- |
| Free | 0 | 3 |
| Team | 12.50 | unlimited |

> Upgrade with \`npm install example@latest\`, then restart the server.
`,
  'compact JSON': JSON.stringify({
    id: 4711,
    status: 'shipped',
    customer: { name: 'Ada Brown', email: 'ada@example.com', tags: ['new', 'priority'] },
    items: [
      { sku: 'LAMP-02', quantity: 2, unitPrice: 34.9, inStock: true },
      { sku: 'DESK-11', quantity: 1, unitPrice: 249, inStock: false },
    ],
    shippedAt: '2026-03-14T09:26:53.589Z',
    note: null,
  }),
  'indented JSON': JSON.stringify(
    {
      location: { city: 'Lyon', latitude: 45.764, longitude: 4.8357 },
      forecast: [
        { hour: 7, temperature: 11.5, condition: 'light rain' },
        { hour: 8, temperature: 12.1, condition: 'cloudy' },
        { hour: 9, temperature: 14, condition: 'sunny' },
      ],
    },
    null,
    2,
  ),
  YAML: `services:
  web:
    image: registry.example.com/shop/web:1.14.2
    ports:
      - "8080:80"
    environment:
      LOG_LEVEL: info
      DATABASE_URL: postgres://shop@db:5432/shop
    depends_on: [db]
  db:
    image: postgres:17
    volumes:
      - data:/var/lib/postgresql/data
`,
  'log lines': `2026-03-14 09:26:53.589 INFO  [http-7] GET /api/orders/4711 200 12ms
2026-03-14 09:26:54.002 WARN  [pool-2] connection 10.0.3.17:5432 idle for 300s, closing it
2026-03-14 09:26:54.120 ERROR [http-3] POST /api/orders 500 TypeError: Cannot read properties of undefined (reading 'total')
    at Order.total (/srv/shop/dist/order.js:118:27)
    at async handle (/srv/shop/dist/server.js:42:11)
`,
  CSV: `date,station,temperature,humidity,wind
2026-03-14,Lyon,11.5,81,13
2026-03-14,Nantes,9.8,87,22
2026-03-15,Lyon,12.1,78,9
2026-03-15,Nantes,10.4,90,31
`,
};

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
export const DATA: Readonly<Record<string, string>> = {
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
};
