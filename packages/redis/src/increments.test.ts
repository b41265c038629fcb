import type { SessionKey } from '@holdfast/session';
import { expect, it } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';

const MAX = Number.MAX_SAFE_INTEGER;

describeEachKind('increments in Redis', ({ open }) => {
  const add = (key: SessionKey, stateIncrements: Record<string, number>) =>
    open().appendEvent({ ...key, event: { actions: { stateIncrements } } });

  it.each([
    [0, 1, 1],
    [1, -1, 0],
    [-5, 5, 0],
    [0, -0, 0],
    [MAX - 1, 1, MAX],
    [MAX, -2 * MAX + MAX, 0],
    [-MAX, MAX, 0],
    [1_000_000_000_000, 1, 1_000_000_000_001],
    [undefined, MAX, MAX],
    [undefined, -7, -7],
  ])('make of %s and %s exactly %s, in each scope', async (before, by, after) => {
    const service = open();
    const user = { appName: `${before}+${by}`, userId: 'ada' };
    const names = ['n', 'user:n', 'app:n'];
    const all = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]));
    const { key } = await service.create({
      ...user,
      state: before === undefined ? {} : all(before),
    });
    await add(key, all(by) as Record<string, number>);
    expect((await service.get(key))?.state.toJSON()).toStrictEqual(all(after));
    const undo = { increment: { n: -by } };
    const value = { n: before ?? 0 };
    expect(await service.updateState({ scope: 'user', ...user, ...undo })).toStrictEqual(value);
    const app = { scope: 'app', appName: user.appName } as const;
    expect(await service.updateState({ ...app, ...undo })).toStrictEqual(value);
  });

  it.each([
    ['text', '5'],
    ['a fraction', 1.5],
    ['null', null],
    ['a boolean', true],
    ['a list', [1]],
    ['more than is safe', 2 ** 53],
    ['much more', 1e300],
    ['the greatest', MAX],
    ['digits beyond all numbers', '9'.repeat(400)],
  ])('are refused by %s in each scope, and nothing is written', async (title, value) => {
    const service = open();
    const user = { appName: title, userId: 'ada' };
    const state = { n: 1, bad: value, 'user:bad': value, 'app:bad': value };
    const { key } = await service.create({ ...user, state });
    for (const name of ['bad', 'user:bad', 'app:bad']) {
      const event = {
        actions: {
          stateDelta: { set: 1, 'user:set': 1, 'app:set': 1 },
          stateIncrements: { n: 1, 'user:n': 1, 'app:n': 1, [name]: 1 },
        },
      };
      await expect(service.appendEvent({ ...key, event })).rejects.toMatchObject({
        code: 'conflict',
        path: `actions.stateIncrements["${name}"]`,
      });
    }
    for (const scope of ['user', 'app'] as const) {
      const owner = scope === 'user' ? { scope, ...user } : { scope, appName: title };
      const call = service.updateState({ ...owner, set: { set: 1 }, increment: { n: 1, bad: 1 } });
      await expect(call).rejects.toMatchObject({ code: 'conflict' });
    }
    const session = await service.get(key);
    expect(session?.state.toJSON()).toStrictEqual(state);
    expect(session?.revision).toBe(0);
  });

  it('of many keys go together with sets and removals of many others', async () => {
    const service = open();
    const { key } = await service.create({ appName: 'many', userId: 'ada', state: { gone: 1 } });
    const names = Array.from({ length: 6_000 }, (_, i) => `n-${i}`);
    const stateIncrements = Object.fromEntries(names.map((name, i) => [name, i]));
    const stateDelta = Object.fromEntries(names.map((name) => [`set-${name}`, name]));
    const actions = { stateDelta, stateIncrements, removedStateKeys: ['gone'] };
    await service.appendEvents({ ...key, events: [{ actions }, { actions: { stateIncrements } }] });
    const state = (await service.get(key))?.state;
    expect(state?.size).toBe(12_000);
    expect(state?.get('n-5999')).toBe(2 * 5_999);
    expect(state?.get('set-n-5999')).toBe('n-5999');
    // All of a state goes, and what is added comes.
    const { key: other } = await service.create({ ...key, sessionId: 'other', state: { a: 1 } });
    const swap = { removedStateKeys: ['a'], stateDelta: {}, stateIncrements: { b: 1 } };
    await service.appendEvent({ ...other, event: { actions: swap } });
    expect((await service.get(other))?.state.toJSON()).toStrictEqual({ b: 1 });
  });

  it('count once for an event, with a turn and expectations as well', async () => {
    const service = open();
    const { key } = await service.create({ appName: 'once', userId: 'ada' });
    const actions = { stateIncrements: { n: 1, 'user:n': 1, 'app:n': 1 } };
    const request = { ...key, event: { id: 'e', actions }, expectedRevision: 0 };
    await service.appendEvent(request);
    expect((await service.appendEvent(request)).seq).toBe(1);
    const again = { ...request, event: { id: 'f', actions } };
    await expect(service.appendEvent(again)).rejects.toMatchObject({ code: 'conflict' });
    const turn = { ...again, expectedRevision: 1, turn: 'none' };
    await expect(service.appendEvent(turn)).rejects.toMatchObject({ code: 'conflict' });
    expect((await service.get(key))?.state.toJSON()).toStrictEqual({
      n: 1,
      'user:n': 1,
      'app:n': 1,
    });
  });
});
