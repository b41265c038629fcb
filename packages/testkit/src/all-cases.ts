import { activeCases } from './cases/active.ts';
import { activeTakenBackCases } from './cases/active-taken-back.ts';
import { appendCases } from './cases/append.ts';
import { appendSkipCases } from './cases/append-skip.ts';
import { appendTwiceCases } from './cases/append-twice.ts';
import { appendUnstoredCases } from './cases/append-unstored.ts';
import { closingCases } from './cases/closing.ts';
import { concurrencyCases } from './cases/concurrency.ts';
import { countCases } from './cases/counts.ts';
import { createCases } from './cases/create.ts';
import { deleteCases } from './cases/delete.ts';
import { deniedCases } from './cases/denied.ts';
import { eraseCases } from './cases/erase.ts';
import { eraseHistoryCases, eraseRaceCases } from './cases/erase-history.ts';
import { eraseUserCases } from './cases/erase-user.ts';
import { eraseUserRaceCases } from './cases/erase-user-race.ts';
import { eventLoopCases } from './cases/event-loop.ts';
import { eventsCases } from './cases/events.ts';
import { everyCallCases, laterRequestsCases } from './cases/every-call.ts';
import { expiryCases } from './cases/expiry.ts';
import { expiryGivenCases } from './cases/expiry-given.ts';
import { expiryIdleCases } from './cases/expiry-idle.ts';
import { expiryRaceCases } from './cases/expiry-race.ts';
import { expiryTakenAwayCases } from './cases/expiry-taken-away.ts';
import { exportCases } from './cases/export.ts';
import { exportRaceCases } from './cases/export-race.ts';
import { extremesCases } from './cases/extremes.ts';
import { forkCases } from './cases/fork.ts';
import { forkLifeCases } from './cases/fork-life.ts';
import { forkPointCases } from './cases/fork-point.ts';
import { forkRaceCases } from './cases/fork-race.ts';
import { forkRefusedCases } from './cases/fork-refused.ts';
import { freshCases } from './cases/fresh.ts';
import { getCases } from './cases/get.ts';
import { getEventCases } from './cases/get-event.ts';
import { historyCases } from './cases/history.ts';
import { identityCases } from './cases/identity.ts';
import { ifMissingCases, ifMissingRaceCases } from './cases/if-missing.ts';
import { importCases } from './cases/import.ts';
import { importAgainCases } from './cases/import-again.ts';
import { importPartCases } from './cases/import-parts.ts';
import { importRaceCases } from './cases/import-race.ts';
import { incarnationCases } from './cases/incarnation.ts';
import { incrementRaceCases } from './cases/increment-race.ts';
import { incrementRetryCases } from './cases/increment-retry.ts';
import { incrementCases } from './cases/increments.ts';
import { incrementAppendCases } from './cases/increments-appended.ts';
import { incrementRefusedCases } from './cases/increments-refused.ts';
import { initialStateCases } from './cases/initial-state.ts';
import { labelCases } from './cases/labels.ts';
import { labelRaceCases } from './cases/labels-race.ts';
import { labelRefusedCases } from './cases/labels-refused.ts';
import { largeCases } from './cases/large.ts';
import { lengthCases } from './cases/lengths.ts';
import { lifecycleCases } from './cases/lifecycle.ts';
import { listCases } from './cases/list.ts';
import { listAllUsersCases } from './cases/list-all-users.ts';
import { listLabelsCases } from './cases/list-labels.ts';
import { listLabelsPageCases } from './cases/list-labels-pages.ts';
import { listMomentCases } from './cases/list-moment.ts';
import { listPageCases } from './cases/list-pages.ts';
import { listUsersCases } from './cases/list-users.ts';
import { lookalikeCases } from './cases/lookalikes.ts';
import { markerTurnCases } from './cases/marker-turns.ts';
import { messagesCases } from './cases/messages.ts';
import { createMomentCases } from './cases/moment-create.ts';
import { deleteMomentCases } from './cases/moment-delete.ts';
import { eventsMomentCases } from './cases/moment-events.ts';
import { getMomentCases } from './cases/moment-get.ts';
import { latestMomentCases } from './cases/moment-latest.ts';
import { listChangesCases } from './cases/moment-list.ts';
import { stateMomentCases } from './cases/moment-state.ts';
import { moreForkCases } from './cases/more-forks.ts';
import { moreListCases } from './cases/more-lists.ts';
import { moreMarkerCases } from './cases/more-markers.ts';
import { persistenceCases } from './cases/persistence.ts';
import { killedProcessCases } from './cases/process-killed.ts';
import { killedLifeCases } from './cases/process-killed-life.ts';
import { processCases } from './cases/processes.ts';
import { appendRaceCases } from './cases/race-append.ts';
import { createRaceCases } from './cases/race-create.ts';
import { deleteRaceCases } from './cases/race-delete.ts';
import { expectedRaceCases } from './cases/race-expected.ts';
import { recreateRaceCases } from './cases/race-recreate.ts';
import { retryRaceCases } from './cases/race-retry.ts';
import { stateRaceCases } from './cases/race-state.ts';
import { removalCases } from './cases/removals.ts';
import { requestsReadCases } from './cases/requests-read.ts';
import { retractCases, retractRaceCases, retractRefusedCases } from './cases/retract.ts';
import { rewindCases } from './cases/rewind.ts';
import { rewindRaceCases } from './cases/rewind-race.ts';
import { rewindRefusedCases } from './cases/rewind-refused.ts';
import { scanCases } from './cases/scan.ts';
import { separatorCases } from './cases/separators.ts';
import { sessionAsKeyCases } from './cases/session-as-key.ts';
import { snapshotCases } from './cases/snapshots.ts';
import { stateCases } from './cases/state.ts';
import { sweepCases } from './cases/sweep.ts';
import { sweepIdleCases } from './cases/sweep-idle.ts';
import { sweepRaceCases } from './cases/sweep-race.ts';
import { takeTurnCases } from './cases/take-turn.ts';
import { textCases } from './cases/texts.ts';
import { timeCases } from './cases/times.ts';
import { turnProcessCases } from './cases/turn-processes.ts';
import { turnRaceCases } from './cases/turn-race.ts';
import { turnCases } from './cases/turns.ts';
import { updateStateCases } from './cases/update-state.ts';
import { valuesCases } from './cases/values.ts';
import { refusedValuesCases } from './cases/values-refused.ts';
import { unreadableValuesCases } from './cases/values-unreadable.ts';
import { watchCases } from './cases/watch.ts';
import { watchEndedCases } from './cases/watch-ended.ts';
import { watchEndCases } from './cases/watch-ends.ts';
import { watchProcessCases } from './cases/watch-processes.ts';
import { watchRaceCases } from './cases/watch-race.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { propertyCases } from './model/property-cases.ts';

/** Every rule of the contract, one case each. */
const exampleCases: readonly ConformanceCase[] = [
  // While there is little else in a storage.
  ...scanCases,
  ...createCases,
  ...getCases,
  ...listCases,
  ...listPageCases,
  ...listAllUsersCases,
  ...listMomentCases,
  ...deleteCases,
  ...appendCases,
  ...appendUnstoredCases,
  ...appendTwiceCases,
  ...appendSkipCases,
  ...incarnationCases,
  ...eventsCases,
  ...stateCases,
  ...updateStateCases,
  ...identityCases,
  ...sessionAsKeyCases,
  ...valuesCases,
  ...refusedValuesCases,
  ...unreadableValuesCases,
  ...largeCases,
  ...extremesCases,
  ...messagesCases,
  ...concurrencyCases,
  ...freshCases,
  ...expiryCases,
  ...expiryGivenCases,
  ...expiryIdleCases,
  ...expiryTakenAwayCases,
  ...expiryRaceCases,
  ...sweepCases,
  ...sweepIdleCases,
  ...sweepRaceCases,
  ...eraseUserCases,
  ...eraseUserRaceCases,
  ...incrementCases,
  ...incrementAppendCases,
  ...incrementRefusedCases,
  ...incrementRaceCases,
  ...turnCases,
  ...takeTurnCases,
  ...turnRaceCases,
  ...watchCases,
  ...watchEndCases,
  ...watchEndedCases,
  ...watchRaceCases,
  ...exportCases,
  ...exportRaceCases,
  ...listUsersCases,
  ...importCases,
  ...importAgainCases,
  ...importPartCases,
  ...importRaceCases,
  ...incrementRetryCases,
  ...lifecycleCases,
  ...deniedCases,
  ...eventLoopCases,
  ...createRaceCases,
  ...appendRaceCases,
  ...expectedRaceCases,
  ...retryRaceCases,
  ...stateRaceCases,
  ...deleteRaceCases,
  ...recreateRaceCases,
  ...createMomentCases,
  ...getMomentCases,
  ...eventsMomentCases,
  ...stateMomentCases,
  ...deleteMomentCases,
  ...latestMomentCases,
  ...listChangesCases,
  ...lengthCases,
  ...separatorCases,
  ...lookalikeCases,
  ...textCases,
  ...timeCases,
  ...countCases,
  ...historyCases,
  ...removalCases,
  ...snapshotCases,
  ...requestsReadCases,
  ...labelCases,
  ...labelRefusedCases,
  ...labelRaceCases,
  ...listLabelsCases,
  ...listLabelsPageCases,
  ...getEventCases,
  ...ifMissingCases,
  ...ifMissingRaceCases,
  ...forkCases,
  ...forkPointCases,
  ...forkRefusedCases,
  ...forkLifeCases,
  ...forkRaceCases,
  ...rewindCases,
  ...rewindRefusedCases,
  ...rewindRaceCases,
  ...retractCases,
  ...retractRefusedCases,
  ...retractRaceCases,
  ...eraseCases,
  ...eraseHistoryCases,
  ...eraseRaceCases,
  ...moreForkCases,
  ...moreMarkerCases,
  ...moreListCases,
  ...activeCases,
  ...activeTakenBackCases,
  ...initialStateCases,
  ...everyCallCases,
  ...laterRequestsCases,
  ...closingCases,
  ...persistenceCases,
  ...processCases,
  ...markerTurnCases,
  ...turnProcessCases,
  ...watchProcessCases,
  ...killedProcessCases,
  ...killedLifeCases,
];

/** The rules, and properties that combine them at random. */
export const allCases: readonly ConformanceCase[] = [...exampleCases, ...propertyCases];
