import assert from 'node:assert/strict';
import { compareIdentifiers, identifierProblem } from '@holdfast/core/internal';
import fc from 'fast-check';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { at, idsOf, read } from '../scenario.ts';
import { operationsOf } from './any-operations.ts';
import { compareWithModel } from './compare-with-model.ts';

/** Tries a property; the failure names the seed and the smallest input that was found. */
async function tryProperty<T>(
  { propertyRuns, seed }: CaseContext,
  property: { readonly input: fc.Arbitrary<T>; readonly holds: (input: T) => Promise<void> },
): Promise<void> {
  const details = await fc.check(fc.asyncProperty(property.input, property.holds), {
    numRuns: propertyRuns,
    ...(seed !== undefined && { seed }),
  });
  if (!details.failed) return;
  const cause = details.errorInstance;
  const [smallest] = details.counterexample ?? [];
  const message = [
    `failed with the seed ${details.seed}, after ${details.numShrinks} steps of shrinking, for`,
    fc.stringify(smallest),
    cause instanceof Error ? cause.message : String(cause),
  ];
  throw new Error(message.join('\n'), { cause });
}

const identifier = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((id) => identifierProblem(id) === undefined);

const SURROGATES = { first: 0xd800, count: 0x800 };

/**
 * Any character. The same as fast-check's own `binary`, which lists all of them before the first
 * string: that takes a second or two.
 */
const character = fc.nat(0x10ffff - SURROGATES.count).map(
  (n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count),
  (text) => {
    if (typeof text !== 'string' || !/^[^\ud800-\udfff]$/u.test(text))
      throw new Error('no character');
    const point = text.codePointAt(0) ?? 0;
    return point < SURROGATES.first ? point : point - SURROGATES.count;
  },
);

export const propertyCases = casesOf('properties', [
  {
    title: 'does what the model does, for any sequence of calls',
    async run(context) {
      const { service, newId } = context;
      await tryProperty(context, {
        input: operationsOf(service.capabilities),
        holds: (calls) => compareWithModel(service, { appName: newId('app'), operations: calls }),
      });
    },
  },
  {
    title: 'gives back any JSON value as it was',
    async run(context) {
      const { service, newKey } = context;
      await tryProperty(context, {
        input: fc.jsonValue({ stringUnit: character, maxDepth: 2 }),
        async holds(value) {
          const key = newKey();
          const actions = { stateDelta: { own: value } };
          await service.create({ ...key, state: { initial: value } });
          await service.appendEvent({ ...key, event: { actions, output: value } });
          const session = await read(service, key);
          const expected: unknown = JSON.parse(JSON.stringify(value)); // -0 becomes 0
          assert.deepEqual(session.state.toJSON(), { initial: expected, own: expected });
          assert.deepEqual(session.events[0]?.output, expected);
          assert.deepEqual(session.events[0]?.actions.stateDelta, { own: expected });
        },
      });
    },
  },
  {
    title: 'keeps any two sessions apart',
    async run(context) {
      const { service, newId } = context;
      const ids = fc.record({ app: identifier, userId: identifier, sessionId: identifier });
      await tryProperty(context, {
        input: fc.uniqueArray(ids, { selector: (key) => JSON.stringify(key), maxLength: 6 }),
        async holds(all) {
          const unique = newId('app');
          const keys = all.map(({ app, ...rest }) => ({ appName: `${unique}${app}`, ...rest }));
          for (const [number, key] of keys.entries()) {
            await service.create({ ...key, state: { number } });
          }
          for (const [number, key] of keys.entries()) {
            const session = await read(service, key);
            assert.deepEqual({ ...session.key }, key);
            assert.equal(session.state.get('number'), number);
          }
        },
      });
    },
  },
  {
    title: 'walks any list in its order, page by page',
    async run(context) {
      const { service, newKey } = context;
      const session = fc.record({ id: identifier, time: fc.integer({ min: 0, max: 3 }) });
      const list = fc.record({
        sessions: fc.uniqueArray(session, { selector: ({ id }) => id, maxLength: 8 }),
        limit: fc.integer({ min: 1, max: 4 }),
        order: fc.constantFrom('asc' as const, 'desc' as const),
      });
      await tryProperty(context, {
        input: list,
        async holds({ sessions, limit, order }) {
          const { appName, userId } = newKey();
          for (const { id: sessionId, time } of sessions) {
            await service.create({ appName, userId, sessionId });
            await service.appendEvent({
              appName,
              userId,
              sessionId,
              event: { timestamp: at(time) },
            });
          }
          const expected = idsOf(
            sessions.toSorted((a, b) => a.time - b.time || compareIdentifiers(a.id, b.id)),
          );
          if (order === 'desc') expected.reverse();
          const walked: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await service.list({ appName, userId, limit, order, cursor });
            walked.push(...idsOf(page.sessions));
            cursor = page.nextCursor;
          } while (cursor !== undefined && walked.length <= expected.length);
          assert.deepEqual(walked, expected);
        },
      });
    },
  },
]);
