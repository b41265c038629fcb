import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectGone } from '../gone.ts';
import { recordsOfSession, requestOf } from '../moving.ts';
import { at, idsOf, read } from '../scenario.ts';

export const importPartCases = casesOf('export', [
  {
    title: 'refuses a part with an event that an earlier part has, and goes on without it',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 4);
      const { session, events } = requestOf(key, records);
      const [one, two, three, four] = events;
      assert.ok(one !== undefined && three !== undefined && four !== undefined);
      const part = await service.importSession({ ...key, session, events: events.slice(0, 2) });
      const twice = { ...four, id: one.id };
      for (const more of [[three, twice], [{ ...twice, seq: 3 }]]) {
        const call = () => service.importSession({ ...key, session, events: more, part });
        await expectError(call, { code: 'conflict', key });
        await expectGone(service, key);
      }
      await service.importSession({ ...key, session, events: [three, four], part });
      const imported = await read(service, key);
      assert.deepEqual(idsOf(imported.events), idsOf([one, two, three, four] as never));
    },
  },
  {
    title: 'was last updated at the latest of its events, in whichever part, or at its creation',
    needs: 'importSession',
    async run(context) {
      const { service, newId } = context;
      const { key, records } = await recordsOfSession(context, 4);
      const { session, events } = requestOf(key, records);
      const early = { ...session, createTime: at(0), lastUpdateTime: at(0) };
      const created = { ...key, sessionId: newId('created') };
      const later = { ...early, createTime: at(9) };
      const cases = [
        { key: { ...key, sessionId: newId('whole') }, row: early, cut: 4, last: at(4) },
        { key: { ...key, sessionId: newId('parts') }, row: early, cut: 2, last: at(4) },
        { key: created, row: later, cut: 2, last: at(9) },
      ];
      for (const { key: imported, row, cut, last } of cases) {
        const first = { ...imported, session: row, events: events.slice(0, cut) };
        const part = await service.importSession(first);
        const rest = { ...imported, session: row, events: events.slice(cut), part };
        if (cut < 4) await service.importSession(rest);
        assert.equal((await read(service, imported)).lastUpdateTime, last);
        await service.appendEvent({ ...imported, event: { timestamp: at(3) } });
        assert.equal((await read(service, imported)).lastUpdateTime, last);
      }
      const { sessions } = await service.list(key);
      assert.deepEqual(
        sessions.map(({ sessionId, lastUpdateTime }) => [sessionId, lastUpdateTime]),
        [
          [created.sessionId, at(9)],
          ...[...cases.slice(0, 2)]
            .map(({ key: { sessionId } }) => sessionId)
            .sort()
            .reverse()
            .map((sessionId) => [sessionId, at(4)]),
        ],
      );
    },
  },
]);
