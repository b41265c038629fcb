import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { at, newSession, read } from '../scenario.ts';

export const markerTurnCases = casesOf('turns', [
  {
    title: 'rewinds and retracts in a turn only for the turn that has the session',
    needs: ['turns', 'erase'],
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvents({
        ...key,
        events: [
          { id: 'e1', timestamp: at(1) },
          { id: 'e2', timestamp: at(2) },
        ],
      });
      const marked = [
        (turn: string) => service.rewind({ ...key, toSeq: 1, turn }),
        (turn: string) => service.retract({ ...key, eventIds: ['e1'], turn }),
        (turn: string) => service.retract({ ...key, eventIds: ['e1'], erase: true, turn }),
      ];
      await service.acquireTurn({ ...key, turn: 'mine' });
      for (const mark of marked) {
        await expectError(() => mark('another'), { code: 'conflict', path: 'turn' });
      }
      assert.equal((await read(service, key)).revision, 2);
      for (const mark of marked) await mark('mine');
      const { revision, events } = await read(service, key);
      assert.equal(revision, 5);
      assert.equal(events[0]?.erased, true);
    },
  },
]);
