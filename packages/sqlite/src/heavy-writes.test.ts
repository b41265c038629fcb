import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();
const owner = { appName: 'app', userId: 'user' };
const NAMES = ['app:a', 'app:b', 'app:c', 'user:a', 'user:b', 'user:c'];

/** What append `i` does: it removes one key in three, and sets the others to `i`. */
function actionsOf(i: number) {
  const names = NAMES.map((_, at) => NAMES[(at + i) % NAMES.length] as string);
  const ordered = i % 2 === 0 ? names : names.reverse();
  const isRemoved = (name: string) => (NAMES.indexOf(name) + i) % 3 === 0;
  return {
    stateDelta: Object.fromEntries(
      ordered.filter((name) => !isRemoved(name)).map((name) => [name, i]),
    ),
    removedStateKeys: ordered.filter(isRemoved),
  };
}

describe.each(drivers)('by %s', (driver) => {
  const url = (name: string) => `sqlite:${join(folder, `${name}-${driver.replace(':', '-')}`)}.db`;

  it('takes 200 appends at once that set and remove the same keys in different orders', async () => {
    const services = await Promise.all(
      Array.from({ length: 2 }, () => SqliteSessionService.open({ url: url('keys'), driver })),
    );
    const keyOf = (i: number) => ({ ...owner, sessionId: `session-${i % 20}` });
    for (let i = 0; i < 20; i++) await services[0]?.create(keyOf(i));
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        services[i % 2]?.appendEvent({ ...keyOf(i), event: { actions: actionsOf(i) } }),
      ),
    );
    // Each append touches every key: the state is what the last one left.
    const state = (await services[1]?.get(keyOf(0)))?.state.toJSON() ?? {};
    const last = Object.values(state)[0] as number;
    expect(state).toStrictEqual(actionsOf(last).stateDelta);
    for (const service of services) await service.close();
  });

  it('takes a thousand events with twenty keys each in one batch', async () => {
    const service = await SqliteSessionService.open({ url: url('batch'), driver });
    const key = { ...owner, sessionId: 'one' };
    await service.create(key);
    const events = Array.from({ length: 1000 }, (_, i) => {
      const entries = Array.from({ length: 20 }, (_, k) => [`key-${(i * 7 + k) % 500}`, i]);
      return { actions: { stateDelta: Object.fromEntries(entries) } };
    });
    expect(await service.appendEvents({ ...key, events })).toHaveLength(1000);
    const expected = Object.assign({}, ...events.map(({ actions }) => actions.stateDelta));
    const session = await service.get({ ...key, numRecentEvents: 1 });
    expect(session?.revision).toBe(1000);
    expect(session?.state.toJSON()).toStrictEqual(expected);
    await service.close();
  });

  it('takes large batches of many writers at once, each with its own numbers', async () => {
    const service = await SqliteSessionService.open({ url: url('batches'), driver });
    const keys = Array.from({ length: 10 }, (_, i) => ({ ...owner, sessionId: `session-${i}` }));
    await Promise.all(keys.map((key) => service.create(key)));
    const events = Array.from({ length: 300 }, () => ({ author: 'a' }));
    const batches = await Promise.all(
      [...keys, ...keys].map((key) => service.appendEvents({ ...key, events })),
    );
    const firsts = batches.map(([first]) => first?.seq);
    expect(firsts).toStrictEqual([...keys.map(() => 1), ...keys.map(() => 301)]);
    await service.close();
  });
});
