import assert from 'node:assert/strict';
import { importRecords } from '@holdfast/session';
import { casesOf } from '../conformance-case.ts';
import { expectError, unlessRefused } from '../expect-error.ts';
import { expectGone } from '../gone.ts';
import { nothingImported, recordsOfSession, requestOf } from '../moving.ts';
import { at, idsOf, read } from '../scenario.ts';

export const importPartCases = casesOf('export', [
  {
    title: 'leaves a session out whose events end early, and has it once all are there',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 3);
      assert.deepEqual(
        records.map(({ type }) => type),
        ['session', 'event', 'event', 'event'],
      );
      for (const length of [1, 2, 3]) {
        const part = await importRecords(service, records.slice(0, length));
        assert.deepEqual(part, { ...nothingImported, incomplete: 1 });
        assert.equal(await service.get(key), undefined);
        assert.deepEqual((await service.list(key)).sessions, []);
      }
      const all = await importRecords(service, records);
      assert.deepEqual(all, { ...nothingImported, sessions: 1, events: 3 });
      assert.deepEqual(idsOf((await read(service, key)).events), ['e1', 'e2', 'e3']);
    },
  },
  {
    title: 'begins a long session anew of which an earlier import has left a part',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 620);
      for (const length of [300, 600]) {
        const part = await importRecords(service, records.slice(0, length));
        assert.deepEqual(part, { ...nothingImported, incomplete: 1 });
        await expectGone(service, key);
      }
      const all = await importRecords(service, records);
      assert.deepEqual(all, { ...nothingImported, sessions: 1, events: 620 });
      const { revision, state, events } = await read(service, key);
      assert.deepEqual([revision, state.size, events.length], [620, 621, 620]);
      assert.equal((await importRecords(service, records)).present, 1);
    },
  },
  {
    title: 'shows a session that comes in parts once the last of them is there',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 5);
      const { session, events } = requestOf(key, records);
      let part = await service.importSession({ ...key, session, events: events.slice(0, 2) });
      assert.equal(part.revision, 2);
      await expectGone(service, key);
      part = await service.importSession({ ...key, session, events: events.slice(2, 3), part });
      assert.equal(part.revision, 3);
      await expectGone(service, key);
      part = await service.importSession({ ...key, session, events: events.slice(3), part });
      assert.equal(part.revision, 5);
      const { revision, incarnation, state } = await read(service, key);
      assert.deepEqual([revision, incarnation, state.size], [5, part.incarnation, 6]);
      // Sent once more, the last part changes nothing, whatever the answer.
      const other = { ...session, state: { own: 'other' }, expires: { at: 1 } };
      const more = { ...key, session: other, events: [], part };
      await unlessRefused('conflict', () => service.importSession(more));
      const after = await read(service, key);
      assert.deepEqual([after.revision, after.state.toJSON()], [5, state.toJSON()]);
    },
  },
  {
    title:
      'is `conflict` for a part that does not follow, and `already_exists` for a session there',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 4);
      const { session, events } = requestOf(key, records);
      const first = { ...key, session, events: events.slice(0, 2) };
      const part = await service.importSession(first);
      const rest = { ...key, session, events: events.slice(2), part };
      // Another import begins anew.
      const second = await service.importSession(first);
      assert.notEqual(second.incarnation, part.incarnation);
      await expectError(() => service.importSession(rest), { code: 'conflict', path: 'part' });
      // Somebody creates the session.
      await service.create({ ...key, state: { mine: 1 } });
      const late = { ...rest, part: second };
      await expectError(() => service.importSession(late), { code: 'conflict', path: 'part' });
      await expectError(() => service.importSession(first), { code: 'already_exists', key });
      const mine = await read(service, key);
      assert.deepEqual([mine.revision, mine.state.toJSON()], [0, { mine: 1 }]);
      await service.delete(key);
      await expectError(() => service.importSession(late), { code: 'conflict' });
      assert.equal(await service.get(key), undefined);
      const whole = await service.importSession({ ...key, session, events });
      assert.equal(whole.revision, 4);
      await expectError(() => service.importSession({ ...key, session, events }), {
        code: 'already_exists',
      });
    },
  },
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
  {
    title: 'refuses parts that are none, with their path, and writes nothing',
    needs: 'importSession',
    async run(context) {
      const { service } = context;
      const { key, records } = await recordsOfSession(context, 2);
      const { session, events } = requestOf(key, records);
      const [one, two] = events;
      assert.ok(one !== undefined && two !== undefined);
      const refused: readonly (readonly [object, string])[] = [
        [{ session: undefined }, 'session'],
        [{ session: { ...session, revision: -1 } }, 'session.revision'],
        [{ session: { ...session, revision: 1 } }, 'events'],
        [{ session: { ...session, createTime: '1' } }, 'session.createTime'],
        [{ session: { ...session, lastUpdateTime: -1 } }, 'session.lastUpdateTime'],
        [{ session: { ...session, activeFrom: 4 } }, 'session.activeFrom'],
        [{ session: { ...session, activeFrom: 0 } }, 'session.activeFrom'],
        [
          { session: { ...session, forkedFrom: { sessionId: '', seq: 1 } } },
          'session.forkedFrom.sessionId',
        ],
        [
          { session: { ...session, forkedFrom: { sessionId: 'a', seq: -1 } } },
          'session.forkedFrom.seq',
        ],
        [{ events: one }, 'events'],
        [{ events: [] }, 'events'],
        [{ events: [two] }, 'events[0].seq'],
        [{ events: [one, one] }, 'events[1].seq'],
        [{ events: [one, { ...two, id: one.id }] }, 'events[1].id'],
        [{ events: [one, { ...two, partial: true }] }, 'events[1].partial'],
        [{ events: [{ ...one, timestamp: 'now' }] }, 'events[0].timestamp'],
        [{ part: { revision: 0, incarnation: 'a' } }, 'part.revision'],
        [{ part: { revision: 1, incarnation: '' } }, 'part.incarnation'],
      ];
      for (const [more, path] of refused) {
        const call = () => service.importSession({ ...key, session, events, ...more } as never);
        await expectError(call, { code: 'invalid_argument', path });
      }
      for (const state of [
        { a: Number.NaN },
        1,
        [1],
        { '': 1 },
        { 'user:a': 1 },
        { 'temp:a': 1 },
      ]) {
        for (const field of ['state', 'initialState']) {
          const bad = { ...key, session: { ...session, [field]: state }, events };
          const call = () => service.importSession(bad as never);
          await expectError(call, { code: 'invalid_argument' });
        }
      }
      assert.equal(await service.get(key), undefined);
      assert.equal((await service.importSession({ ...key, session, events })).revision, 2);
    },
  },
]);
