import assert from 'node:assert/strict';
import type { SessionKey, SessionService } from '@holdfast/session';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expire } from '../gone.ts';
import { at, upTo } from '../scenario.ts';

/** Long words that are nowhere else, and where they were written. */
class Words {
  readonly #places = new Map<string, string>();
  readonly #newId: (name: string) => string;

  constructor({ newId }: Pick<CaseContext, 'newId'>) {
    this.#newId = newId;
  }

  /** A new word for a place. */
  of(place: string): string {
    const word = this.#newId('word');
    this.#places.set(word, place);
    return word;
  }

  /** The places of the words that are found in a storage, in the order in which they were written. */
  async foundIn({ scan }: CaseContext, service: SessionService): Promise<readonly string[]> {
    const left = new Map(this.#places);
    const found = new Set<string>();
    for (const piece of await scan(service)) {
      const text = typeof piece === 'string' ? piece : new TextDecoder('latin1').decode(piece);
      for (const [word, place] of left) {
        if (!text.includes(word)) continue;
        found.add(place);
        left.delete(word);
      }
    }
    return this.places.filter((place) => found.has(place));
  }

  get places(): readonly string[] {
    return [...this.#places.values()];
  }
}

/** Writes a session whose every value is a word, some of which are overwritten or removed later. */
async function writeWords(
  service: SessionService,
  { key, words }: { readonly key: SessionKey; readonly words: Words },
): Promise<void> {
  const { updateSession, fork, turns } = service.capabilities;
  await service.create({
    ...key,
    state: {
      own: { nested: [words.of('initial state')] },
      changed: words.of('initial state that was changed'),
      removed: words.of('initial state that was removed'),
      'user:theirs': words.of('state of the user'),
      'user:removed': words.of('state of the user that was removed'),
    },
    ...(updateSession && {
      labels: { title: words.of('label that was changed'), old: words.of('old label') },
    }),
  });
  const events = upTo(3).map((n) => ({
    id: words.of(`id of event ${n}`),
    author: words.of(`author of event ${n}`),
    timestamp: at(n),
    content: { role: 'user', parts: [{ text: `${words.of(`text of event ${n}`)} and more` }] },
    custom: { [words.of(`field of event ${n}`)]: 'x'.repeat(n * 800) },
    actions: {
      stateDelta: { changed: words.of(`state of event ${n}`), 'user:last': `${n}` },
      removedStateKeys: ['removed', 'user:removed'],
    },
  }));
  await service.appendEvents({ ...key, events });
  if (turns) await service.acquireTurn({ ...key, turn: words.of('turn') });
  if (updateSession) {
    const labels = { set: { title: words.of('new label') }, remove: ['old'] };
    await service.updateSession({ ...key, labels });
  }
  if (fork) await service.fork({ ...key, newSessionId: words.of('id of a fork'), throughSeq: 2 });
  await service.rewind({ ...key, toSeq: 1 });
}

/** What a store need not keep, once it was overwritten or removed. */
const OVERWRITTEN = ['changed', 'removed', 'old', 'turn'];

function isKept(place: string): boolean {
  return !OVERWRITTEN.some((word) => place.includes(word));
}

export const scanCases = casesOf('storage', [
  {
    title: 'has nothing of a user in its storage after `eraseUser`',
    needs: 'eraseUser',
    needsScan: true,
    async run(context) {
      const { service, newKey, newId } = context;
      const key = newKey();
      const { appName } = key;
      const [words, others] = [new Words(context), new Words(context)];
      const userId = words.of('id of the user');
      for (const n of upTo(2)) {
        const sessionId = words.of(`id of session ${n}`);
        await writeWords(service, { key: { appName, userId, sessionId }, words });
      }
      if (service.capabilities.updateSession) {
        const expired = { appName, userId, sessionId: words.of('id of an expired session') };
        await writeWords(service, { key: expired, words });
        await expire(service, expired);
      }
      const other = { appName, userId: newId('user'), sessionId: newId('session') };
      await writeWords(service, { key: other, words: others });
      const kept = others.places.filter(isKept);
      const before = await words.foundIn(context, service);
      const missing = words.places.filter((place) => isKept(place) && !before.includes(place));
      assert.deepEqual(missing, [], 'what is stored must be found by `scan`');
      await service.eraseUser({ appName, userId });
      assert.deepEqual(await words.foundIn(context, service), [], 'nothing of the user is left');
      const left = await others.foundIn(context, service);
      assert.deepEqual(left.filter(isKept), kept, 'what is of others is left');
    },
  },
  {
    title: 'has nothing of sessions in its storage that were deleted or swept',
    needs: 'sweep',
    needsScan: true,
    async run(context) {
      const { service, newId } = context;
      const [appName, userId] = [newId('app'), newId('user')];
      const words = new Words(context);
      const keyOf = (name: string) => ({ appName, userId, sessionId: words.of(`id of ${name}`) });
      const [deleted, swept] = [keyOf('the deleted'), keyOf('the swept')];
      for (const key of [deleted, swept]) await writeWords(service, { key, words });
      await expire(service, swept);
      const { sessions } = await service.list({ appName, userId });
      for (const { key } of sessions) assert.equal(await service.delete(key), true);
      assert.deepEqual(await service.sweep({ appName, userId }), { deleted: 1, done: true });
      const found = await words.foundIn(context, service);
      const ofUser = words.places.filter((place) => place === 'state of the user');
      assert.deepEqual(found, ofUser.slice(0, found.length), 'the state of the user alone is left');
      assert.ok(found.length > 0, 'what is stored must be found by `scan`');
    },
  },
  {
    title: 'has nothing of events in its storage that were erased, but for their id and author',
    needs: 'erase',
    needsScan: true,
    async run(context) {
      const { service, newKey } = context;
      const key = newKey();
      const [gone, kept] = [new Words(context), new Words(context)];
      await service.create(key);
      const event = (words: Words, n: number) => ({
        id: kept.of(`id of event ${n}`),
        author: kept.of(`author of event ${n}`),
        invocationId: words.of(`invocation of event ${n}`),
        timestamp: at(n),
        content: { parts: [{ text: words.of(`text of event ${n}`) }] },
        custom: { [words.of(`field of event ${n}`)]: [words.of(`value of event ${n}`)] },
        actions: { stateDelta: { state: kept.of(`state of event ${n}`) } },
      });
      const events = [event(gone, 1), event(kept, 2), event(gone, 3), event(kept, 4)];
      await service.appendEvents({ ...key, events });
      const before = [await gone.foundIn(context, service), await kept.foundIn(context, service)];
      assert.deepEqual(
        before,
        [gone.places, kept.places],
        'what is stored must be found by `scan`',
      );
      const eventIds = [events[0]?.id ?? '', events[2]?.id ?? ''];
      await service.retract({ ...key, eventIds, erase: true });
      assert.deepEqual(await gone.foundIn(context, service), []);
      const left = await kept.foundIn(context, service);
      const overwritten = ['state of event 1', 'state of event 3'];
      assert.deepEqual(
        left.filter((place) => !overwritten.includes(place)),
        kept.places.filter((place) => !overwritten.includes(place)),
      );
    },
  },
]);
