import type { BrokenService } from './broken-service.ts';
import { onFiles } from './ground/file-service.ts';

/** The cases about processes that are killed again and again. */
const BESIDE = 'has each write as a whole or not at all, if a process is killed beside others';
const REOPENED =
  'has each write as a whole or not at all, when opened again after a process was killed';

/** Services over a folder that lose, or keep to themselves, what must outlive them. */
export const brokenPersistence: readonly BrokenService[] = [
  {
    fault: 'writes what it keeps only when it is closed',
    failsAt: 'has what was acknowledged last, if a process is killed right after it',
    ...onFiles('WritesAtClose'),
  },
  {
    fault: 'writes a moment after it has answered',
    failsAt: 'has each kind of write at once in an instance that is opened after it',
    ...onFiles('WritesBehind'),
  },
  {
    fault: 'writes every third change only',
    failsAt: 'has what a process wrote that was killed, when its storage is opened again',
    ...onFiles('WritesEveryThird'),
  },
  {
    fault: 'answers while it is still writing',
    failsAt: 'has the calls that it had accepted when it was closed',
    ...onFiles('WritesAfterItsAnswer'),
  },
  {
    fault: 'writes a state without a session with the next write of a session',
    failsAt: 'has what was acknowledged last, if a process is killed right after it',
    ...onFiles('WritesStatesWithSessions'),
  },
  {
    fault: 'shares what it has read among the instances of a process',
    failsAt: 'knows in another process what is stored, for retries',
    ...onFiles('KeepsRoomsInItsProcess'),
  },
  {
    fault: 'shows what its process has read for a while',
    failsAt: 'shows each kind of write of one process at once in the other',
    ...onFiles('KeepsForAWhile'),
  },
  {
    fault: 'shows what it has read until it writes itself',
    failsAt: 'shows each kind of write of one instance at once in the other',
    ...onFiles('KeepsUntilItWrites'),
  },
  {
    fault: 'reads once which sessions there are',
    failsAt: 'has each kind of write at once in an instance that is opened after it',
    ...onFiles('ReadsTheIndexOnce'),
  },
  {
    fault: 'keeps the times of sessions in the process',
    failsAt: 'has in another process what was written before, and here what that one wrote',
    ...onFiles('KeepsTimesInItsProcess'),
  },
  {
    fault: 'deletes sessions only when it is closed',
    failsAt: 'knows in another process what is taken, has moved on, or was created again',
    ...onFiles('DeletesAtClose'),
  },
  {
    fault: 'writes what it knows when it is closed, also if another process wrote since',
    failsAt: 'is not disturbed by another process that closes its storage',
    ...onFiles('ClosesWithWhatItKnows'),
  },
  {
    fault: 'writes what it knows when it is closed, also if another instance wrote since',
    failsAt: 'is not disturbed by another instance that closes',
    ...onFiles('ClosesWithWhatItKnows'),
  },
  {
    fault: 'writes other line ends than it keeps',
    failsAt: 'gives back the same values when its storage is opened again',
    ...onFiles('WritesOtherLineEnds'),
  },
  {
    fault: 'gives a session another incarnation in each process',
    failsAt: 'continues in another process what was begun in this one, and the other way round',
    ...onFiles('MakesIncarnationsInItsProcess'),
  },
  {
    fault: 'locks for its own process alone',
    failsAt: 'gives parallel appends to a session the numbers 1 to N, in two processes',
    ...onFiles('LocksInItsProcess'),
  },
  {
    fault: 'leaves its lock behind when it is killed',
    failsAt: BESIDE,
    ...onFiles('LeavesItsLockBehind'),
  },
  {
    fault: 'takes the lock of another process that is slow',
    failsAt: 'gives parallel appends to a session the numbers 1 to N, in two processes',
    ...onFiles('TakesTheLocksOfOthers'),
  },
  {
    fault: 'writes what it has decided, if another was faster',
    failsAt: 'gives parallel appends to a session the numbers 1 to N, in two processes',
    ...onFiles('WritesWhatItHasDecided'),
  },
  {
    fault: 'cannot read what was half written when it was killed',
    failsAt: BESIDE,
    ...onFiles('WritesInPlace'),
  },
  {
    fault: 'takes what is half written for nothing',
    failsAt: REOPENED,
    ...onFiles('TakesWhatIsTornForEmpty'),
  },
  {
    fault: 'takes what it is about to write for written',
    failsAt: BESIDE,
    ...onFiles('ReadsWhatIsNotYetWritten'),
  },
  {
    fault: 'writes states after the events that change them',
    failsAt: BESIDE,
    ...onFiles('WritesStatesApart'),
  },
  {
    fault: 'deletes the events of a session before the session',
    failsAt: REOPENED,
    ...onFiles('DeletesInTwoSteps'),
  },
  {
    fault: 'writes a batch event by event',
    failsAt: REOPENED,
    ...onFiles('WritesBatchesOneByOne'),
  },
  {
    fault: 'creates a session before its state',
    failsAt: REOPENED,
    ...onFiles('WritesInitialStatesLater'),
  },
  {
    fault: 'updates a state key by key',
    failsAt: REOPENED,
    ...onFiles('UpdatesKeyByKey'),
  },
  {
    fault: 'writes again what was written when a process was killed',
    failsAt: BESIDE,
    ...onFiles('DoesAgainWhatWasLeft'),
  },
  {
    fault: 'writes anew what it finds when it is opened',
    failsAt: 'loses nothing that is written while another instance is opened',
    ...onFiles('TidiesUpWhenOpened'),
  },
  {
    fault: 'keeps what it has read for its own process, whatever another one appends',
    failsAt: 'shows each kind of write of one process at once in the other',
    ...onFiles('KeepsRoomsInItsProcess'),
  },
];
