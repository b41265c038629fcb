// Checks what would be published: packs every public package, lints the archives, and uses them
// as a project outside the workspace would, on Node 20 (or what runs this) and on Node 24.

import { checkArchives } from './check-archives.mjs';
import { checkBundlers } from './check-bundlers.mjs';
import { checkConsumer } from './check-consumer.mjs';
import { checkDependencies } from './check-dependencies.mjs';
import { checkRunners } from './check-runners.mjs';
import { checkTypes } from './check-types.mjs';
import { packAll, removeWork } from './packed.mjs';
import { close, fail } from './report.mjs';

try {
  const packed = await packAll();
  await Promise.all([
    checkArchives(packed),
    checkDependencies(packed),
    checkConsumer(packed),
    checkTypes(packed),
    // One after the other: each runs what takes a core for itself.
    checkRunners(packed).then(() => checkBundlers(packed)),
  ]);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
} finally {
  removeWork();
}
close();
