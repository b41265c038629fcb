import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('docs/writing-a-store.md', () => {
  it.each(['minimal-session-service.ts', 'minimal-storage.ts'])('shows %s as it is', (file) => {
    expect(read('../../../../docs/writing-a-store.md')).toContain(read(`./${file}`));
  });
});
