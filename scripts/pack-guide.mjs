// Puts the guide for authors of stores into the package of the kit, in whose folder it is run. What
// is not in the package is named there, without a link.

import { readFileSync, writeFileSync } from 'node:fs';

const guide = readFileSync('../../docs/writing-a-store.md', 'utf8');
writeFileSync(
  'writing-a-store.md',
  guide.replaceAll('](../packages/testkit/', '](').replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, '$1'),
);
