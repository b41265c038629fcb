import { once } from 'node:events';
import type { SessionKey } from '@holdfast/session';
import { compact } from './compact.ts';
import { summary } from './conversation.fixture.ts';
import { openStore, type StoreAddress } from './stores.fixture.ts';

// A process that compacts one session after the other, as its parent asks. Of each it says that it has
// begun to summarize, waits to be told to go on, and says what came of it.

const address: StoreAddress = JSON.parse(process.argv[2] ?? '{}');
const service = await openStore(address);
process.send?.('ready');
for (;;) {
  const [key] = (await once(process, 'message')) as [SessionKey];
  const result = await compact(service, {
    ...key,
    keep: { events: 2 },
    when: { events: 10 },
    async summarize() {
      const told = once(process, 'message');
      process.send?.('summarizing');
      await told;
      return summary('of the other process');
    },
  });
  process.send?.(result.type === 'compacted' ? result.type : result.reason);
}
