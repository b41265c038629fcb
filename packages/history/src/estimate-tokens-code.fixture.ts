/** Code and markup, written for these tests. */
export const CODE = {
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
} satisfies Record<string, string>;
