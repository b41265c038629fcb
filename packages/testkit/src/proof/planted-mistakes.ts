import { brokenAfterLostCommits } from './broken-after-lost-commits.ts';
import { brokenAnswers } from './broken-answers.ts';
import { brokenCaches } from './broken-caches.ts';
import { brokenClosing } from './broken-closing.ts';
import { brokenCounts } from './broken-counts.ts';
import { brokenCreates } from './broken-creates.ts';
import { brokenDecisions } from './broken-decisions.ts';
import { brokenDeletes } from './broken-deletes.ts';
import { brokenErasures } from './broken-erasures.ts';
import { brokenExpiry } from './broken-expiry.ts';
import { brokenFinds } from './broken-finds.ts';
import { brokenForks } from './broken-forks.ts';
import { brokenHistory } from './broken-history.ts';
import { brokenImports } from './broken-imports.ts';
import { brokenIncarnations } from './broken-incarnations.ts';
import { brokenIncrements } from './broken-increments.ts';
import { brokenInstances } from './broken-instances.ts';
import { brokenKeysAndRaces } from './broken-keys-and-races.ts';
import { brokenLabels } from './broken-labels.ts';
import { brokenLeftovers } from './broken-leftovers.ts';
import { brokenLengths } from './broken-lengths.ts';
import { brokenLimits } from './broken-limits.ts';
import { brokenLists } from './broken-lists.ts';
import { brokenLookalikes } from './broken-lookalikes.ts';
import { brokenLooks } from './broken-looks.ts';
import { brokenMemories } from './broken-memories.ts';
import { brokenMoments } from './broken-moments.ts';
import { brokenPagesAndNumbers } from './broken-pages-and-numbers.ts';
import { brokenPersistence } from './broken-persistence.ts';
import { brokenPieces } from './broken-pieces.ts';
import { brokenRaces } from './broken-races.ts';
import { brokenReaders } from './broken-readers.ts';
import { brokenReads } from './broken-reads.ts';
import { brokenRemovals } from './broken-removals.ts';
import { brokenRequests } from './broken-requests.ts';
import { brokenRewinds } from './broken-rewinds.ts';
import { brokenSeparators } from './broken-separators.ts';
import type { BrokenService } from './broken-service.ts';
import { brokenSkips } from './broken-skips.ts';
import { brokenSweeps } from './broken-sweeps.ts';
import { brokenTexts } from './broken-texts.ts';
import { brokenTimes } from './broken-times.ts';
import { brokenTransactions } from './broken-transactions.ts';
import { brokenTurns } from './broken-turns.ts';
import { brokenUserErasures } from './broken-user-erasures.ts';
import { brokenWatches } from './broken-watches.ts';
import { brokenWrites } from './broken-writes.ts';

/** Mistakes of one kind. */
export interface MistakeKind {
  readonly kind: string;
  readonly mistakes: readonly BrokenService[];
}

/** Every mistake that the kit is tried on. */
export const plantedMistakes: readonly MistakeKind[] = [
  {
    kind: 'one call after the other',
    mistakes: [
      ...brokenReads,
      ...brokenWrites,
      ...brokenSkips,
      ...brokenRequests,
      ...brokenPagesAndNumbers,
      ...brokenIncarnations,
      ...brokenLengths,
      ...brokenSeparators,
      ...brokenTexts,
      ...brokenTimes,
      ...brokenLookalikes,
      ...brokenCounts,
      ...brokenLimits,
      ...brokenHistory,
      ...brokenRemovals,
      ...brokenAnswers,
      ...brokenClosing,
    ],
  },
  {
    kind: 'races',
    mistakes: [
      ...brokenKeysAndRaces,
      ...brokenRaces,
      ...brokenAfterLostCommits,
      ...brokenCreates,
      ...brokenTransactions,
      ...brokenDecisions,
    ],
  },
  { kind: 'two instances', mistakes: [...brokenInstances, ...brokenCaches, ...brokenMemories] },
  {
    kind: 'seen in pieces',
    mistakes: [...brokenMoments, ...brokenLooks, ...brokenLists, ...brokenReaders, ...brokenPieces],
  },
  { kind: 'deletes', mistakes: [...brokenDeletes, ...brokenLeftovers] },
  {
    kind: 'labels, expiry and turns',
    mistakes: [...brokenLabels, ...brokenExpiry, ...brokenSweeps, ...brokenTurns],
  },
  {
    kind: 'forks and rewinds',
    mistakes: [...brokenForks, ...brokenRewinds, ...brokenErasures, ...brokenFinds],
  },
  { kind: 'increments', mistakes: brokenIncrements },
  { kind: 'users that are erased or moved', mistakes: [...brokenUserErasures, ...brokenImports] },
  { kind: 'watches', mistakes: brokenWatches },
  { kind: 'persistence and processes', mistakes: brokenPersistence },
];
