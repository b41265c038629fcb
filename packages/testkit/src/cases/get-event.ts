import assert from 'node:assert/strict';
import { casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { expectFrozen } from '../expect-frozen.ts';
import { alike, markers, numbers } from '../odd-values.ts';
import { turnOf } from '../past-session.ts';
import { at, newSession, newSessionWithEvents, newSibling, read, upTo } from '../scenario.ts';

const needs = 'getEvent' as const;

export const getEventCases = casesOf('events', [
  {
    title: 'answers `getEvent` as its capability says: with an event, or `unsupported`',
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 1);
      const call = () => service.getEvent({ ...key, eventId: 'e1' });
      if (service.capabilities.getEvent) assert.equal((await call())?.seq, 1);
      else await expectError(call, { code: 'unsupported' });
    },
  },
  {
    title: 'gives one event by its id, as every other call gives it',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      await service.appendEvent({ ...key, event: turnOf(1) });
      const odd = {
        ...turnOf(2),
        output: [numbers, markers],
        actions: { stateDelta: { a: null } },
      };
      await service.appendEvents({ ...key, events: [odd, { id: 'bare' }, turnOf(4)] });
      for (const event of (await read(service, key)).events) {
        const found = await service.getEvent({ ...key, eventId: event.id });
        assert.deepEqual(found, event);
        assert.equal(JSON.stringify(found), JSON.stringify(event));
        expectFrozen(found, 'event');
      }
    },
  },
  {
    title: 'gives undefined for an id that the session does not have',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      await service.appendEvent({ ...key, event: { id: 'partial', partial: true } });
      for (const eventId of ['e4', 'e', 'E1', 'e1 x', 'partial', '1', '__proto__', 'constructor']) {
        assert.equal(await service.getEvent({ ...key, eventId }), undefined, eventId);
      }
      const empty = await newSession(context);
      assert.equal(await service.getEvent({ ...empty, eventId: 'e1' }), undefined);
    },
  },
  {
    title: 'is `not_found` for an event of a session that does not exist',
    needs,
    async run(context) {
      const { service, newKey, newId } = context;
      const key = await newSessionWithEvents(context, 1);
      const deleted = await newSibling(context, key);
      await service.appendEvent({ ...deleted, event: { id: 'e1' } });
      await service.delete(deleted);
      for (const other of [newKey(), deleted, { ...key, userId: newId('user') }]) {
        const call = () => service.getEvent({ ...other, eventId: 'e1' });
        await expectError(call, { code: 'not_found', key: other });
      }
    },
  },
  {
    title: 'never finds the event of another session, user or app by its id',
    needs,
    async run(context) {
      const { service, newId } = context;
      const key = await newSession(context);
      const others = [
        await newSibling(context, key),
        { ...key, userId: newId('user') },
        { ...key, appName: newId('app') },
      ];
      for (const [i, other] of others.entries()) {
        await service.getOrCreate(other);
        await service.appendEvent({ ...other, event: { id: 'same', author: `${i}` } });
        await service.appendEvent({ ...other, event: { id: `only-${i}` } });
      }
      for (const [i, other] of others.entries()) {
        const found = await service.getEvent({ ...other, eventId: 'same' });
        assert.equal(found?.author, `${i}`);
        const [next] = [(i + 1) % others.length];
        assert.equal(await service.getEvent({ ...other, eventId: `only-${next}` }), undefined);
        assert.equal(await service.getEvent({ ...key, eventId: `only-${i}` }), undefined);
      }
      assert.equal(await service.getEvent({ ...key, eventId: 'same' }), undefined);
    },
  },
  {
    title: 'tells ids apart by each byte when it looks for one event',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const texts = alike.flat().filter((text): text is string => typeof text === 'string');
      const wellFormed = texts.filter((id) => id !== '' && !/\p{Cs}|\p{Cc}|^\s|\s$/u.test(id));
      const ids = [...new Set([...wellFormed, 'é'.repeat(127), '{a}', 'a:b', "'", '%', '\\'])];
      const events = ids.map((id, i) => ({ id, timestamp: at(i) }));
      await service.appendEvents({ ...key, events });
      for (const [i, eventId] of ids.entries()) {
        assert.equal((await service.getEvent({ ...key, eventId }))?.seq, i + 1);
      }
    },
  },
  {
    title: 'refuses ids that no event can have',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const eventId of ['', ' a', 'a\u0000', 'x'.repeat(256), 7, undefined, null, ['e1']]) {
        const call = () => service.getEvent({ ...key, eventId: eventId as string });
        await expectError(call, { code: 'invalid_argument', path: 'eventId' });
      }
    },
  },
  {
    title: 'finds an event however many came after it',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      for (const part of upTo(2).keys()) {
        await service.appendEvents({
          ...key,
          events: upTo(750).map((n) => turnOf(part * 750 + n)),
        });
      }
      for (const n of [1, 2, 249, 250, 251, 750, 751, 1499, 1500]) {
        const found = await service.getEvent({ ...key, eventId: `e${n}` });
        assert.deepEqual([found?.seq, found?.content], [n, turnOf(n).content]);
      }
    },
  },
  {
    title: 'has none of the events of a session that was deleted, once it is created again',
    needs,
    async run(context) {
      const { service } = context;
      const key = await newSessionWithEvents(context, 3);
      await service.delete(key);
      await service.create(key);
      assert.equal(await service.getEvent({ ...key, eventId: 'e1' }), undefined);
      await service.appendEvent({ ...key, event: { id: 'e2', author: 'new' } });
      const found = await service.getEvent({ ...key, eventId: 'e2' });
      assert.deepEqual([found?.seq, found?.author], [1, 'new']);
      assert.equal(await service.getEvent({ ...key, eventId: 'e3' }), undefined);
    },
  },
  {
    title: 'finds what another instance has appended, as soon as that was acknowledged',
    needs: [needs, 'shared'],
    async run(context) {
      const { service, reopen } = context;
      const key = await newSession(context);
      const other = await reopen(service);
      for (const n of upTo(10)) {
        const [writer, reader] = n % 2 === 0 ? [service, other] : [other, service];
        assert.equal(await reader.getEvent({ ...key, eventId: `e${n}` }), undefined);
        const event = await writer.appendEvent({ ...key, event: turnOf(n) });
        assert.deepEqual(await reader.getEvent({ ...key, eventId: `e${n}` }), event);
      }
    },
  },
]);
