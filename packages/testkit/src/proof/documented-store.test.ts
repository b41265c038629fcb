import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('is shown whole, as it is, in docs/writing-a-store.md', () => {
  expect(read('../../../../docs/writing-a-store.md')).toContain(read('./minimal-store.ts'));
});
