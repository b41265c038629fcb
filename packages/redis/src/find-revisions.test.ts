import type { SessionKey } from '@holdfast/session';
import { expect, it } from 'vitest';
import { describeEachKind } from './each-kind.fixture.ts';
import { interceptedClient } from './intercepted-client.fixture.ts';
import { until } from './own-server.fixture.ts';

describeEachKind('looking for many in Redis', ({ open, client, server, store, isCluster }) => {
  it('finds where sessions are, in the order of their keys', async () => {
    const service = open();
    const users = Array.from({ length: 300 }, (_, i) => `user-${i}`);
    const sessions = await Promise.all(
      users.map((userId) => service.create({ appName: 'app', userId, expires: { at: 8e15 } })),
    );
    const [first] = sessions;
    await service.appendEvents({ ...(first?.key as SessionKey), events: [{}, {}] });
    let scripts = 0;
    const counted = interceptedClient(client() as never, ({ run }) => {
      scripts++;
      return run();
    });
    const own = store({ client: counted });
    const missing = { appName: 'app', userId: 'nobody', sessionId: 's' };
    const other = { ...(first?.key as SessionKey), appName: 'other' };
    const found = await own.findRevisions([
      missing,
      ...sessions.map(({ key }) => key),
      other,
      first?.key as SessionKey,
    ]);
    expect(found).toStrictEqual([
      undefined,
      ...sessions.map(({ incarnation }, i) => ({
        revision: i === 0 ? 2 : 0,
        incarnation,
        expireTime: 8e15,
      })),
      undefined,
      { revision: 2, incarnation: first?.incarnation, expireTime: 8e15 },
    ]);
    if (isCluster) expect(scripts).toBeLessThan(256);
    else expect(scripts).toBe(1);
    expect(await own.findRevisions([])).toStrictEqual([]);
    await own.close();
  });

  it('lists each user that has sessions or state, once, by the bytes of the ids', async () => {
    const service = open();
    const appName = 'a:{*}?[b]';
    const ids = ['a', 'B', 'b', 'é', '😀', 'z:{?}*[x]^\\%', '{a:ff}:u:', '%41', 'u'];
    for (const userId of ids) await service.create({ appName, userId });
    await service.create({ appName, userId: 'a' });
    for (const userId of ['only-state', 'b']) {
      await service.updateState({ scope: 'user', appName, userId, set: { x: 1 } });
    }
    const { key } = await service.create({ appName, userId: 'gone' });
    await service.delete(key);
    await service.create({ appName: 'a', userId: 'of another app' });
    await service.updateState({ scope: 'app', appName, set: { x: 1 } });
    const all = [...ids, 'only-state'].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    expect(await service.listUsers({ appName })).toStrictEqual({ userIds: all, hasMore: false });
    const paged: string[] = [];
    for (let hasMore = true; hasMore; ) {
      const afterUserId = paged.at(-1);
      const page = await service.listUsers({ appName, afterUserId, limit: 3 });
      paged.push(...page.userIds);
      hasMore = page.hasMore;
    }
    expect(paged).toStrictEqual(all);
    const prefixed = open({ keyPrefix: 'holdfast:x' });
    expect((await prefixed.listUsers({ appName })).userIds).toStrictEqual([]);
  });
  it('finds what is there behind a prefix of the client, and is told of it', async () => {
    const prefixed = server().client({ keyPrefix: 'a*[b]?\\:' });
    const service = open({ client: prefixed });
    const { key } = await service.create({ appName: 'app', userId: 'prefixed' });
    await open().create({ appName: 'app', userId: 'another' });
    const own = store({ client: prefixed });
    expect(await own.findRevisions([key])).toMatchObject([{ revision: 0 }]);
    const users = await service.listUsers({ appName: 'app' });
    expect(users.userIds).toStrictEqual(['prefixed']);
    let told = 0;
    own.subscribe?.(key, () => {
      told++;
    });
    await until(async () => told > 0);
    const before = told;
    await service.appendEvent({ ...key, event: {} });
    await until(async () => told > before);
    expect(await service.eraseUser(key)).toStrictEqual({ sessions: 1, stateKeys: 0 });
    expect((await service.listUsers({ appName: 'app' })).userIds).toStrictEqual([]);
    await own.close();
  });
});
