import assert from 'node:assert/strict';
import type { JsonObject } from '@holdfast/core';
import { type CaseContext, casesOf } from '../conformance-case.ts';
import { expectError } from '../expect-error.ts';
import { alike, empties, markers, numbers, textKinds } from '../odd-values.ts';
import { at, newSession, ownersOf, read, readState } from '../scenario.ts';

/** Sends a value by every way that there is, and expects it back by every call that gives it. */
async function expectEverywhere(context: CaseContext, value: unknown): Promise<void> {
  const { service } = context;
  const own = { created: value, 'user:created': value, 'app:created': value };
  const key = await newSession(context, own);
  const { appName, userId } = key;
  const owners = ownersOf(key);
  const scope = { created: value, updated: value, appended: value };
  for (const owner of owners) await service.updateState({ ...owner, set: { updated: value } });
  const stateDelta = { appended: value, 'user:appended': value, 'app:appended': value };
  const nested = { deep: [{ value }] };
  const event = {
    id: 'e1',
    timestamp: at(1),
    customMetadata: { value },
    unknownField: value,
    content: { role: 'user', parts: [{ functionCall: { name: 'f', args: { value } } }] },
    actions: { stateDelta, unknownAction: value, nested },
  };
  const stored = await service.appendEvent({ ...key, event });
  assert.deepEqual((await service.appendEvent({ ...key, event })).seq, 1);
  for (const owner of owners) assert.deepEqual(await service.getState(owner), scope);
  const state = { ...stateDelta, ...own, 'user:updated': value, 'app:updated': value };
  for (const session of [await read(service, key), await service.getOrCreate(key)]) {
    assert.deepEqual(session.state.toJSON(), state);
    assert.deepEqual(session.toJSON().events, [JSON.parse(JSON.stringify(stored))]);
  }
  const page = await service.list({ appName, userId, includeState: true });
  assert.deepEqual(page.sessions[0]?.state?.toJSON(), state);
  const [listed] = (await service.listEvents(key)).events;
  for (const each of [stored, listed]) {
    const { seq: _, invocationId: __, ...rest } = { ...each } as JsonObject & typeof stored;
    assert.deepEqual(rest, event);
  }
}

/** Sends texts in the fields of an event that are always texts, and expects them back. */
async function expectInFields(context: CaseContext, texts: readonly string[]): Promise<void> {
  const { service } = context;
  const key = await newSession(context);
  const events = texts.map((text, i) => ({
    id: `e${i}`,
    timestamp: at(i),
    author: text,
    invocationId: text,
    branch: text,
    errorMessage: text,
    content: { role: text, parts: [{ text }, { text: `${text}${text}` }] },
    [`field ${nameOf(text)}`]: text,
    actions: { stateDelta: {}, transferToAgent: text, [`a ${nameOf(text)}`]: keysOf([text]) },
  }));
  await service.appendEvents({ ...key, events });
  const expected = events.map((event, i) => ({ ...event, seq: i + 1 }));
  const session = await read(service, key);
  assert.deepEqual(
    session.events.map((event) => ({ ...event })),
    expected,
  );
  const contents = events.map(({ content }) => content);
  assert.deepEqual(session.conversationHistory, contents);
}

/** What a store may make something else of. */
export const textCases = casesOf('values', [
  ...textKinds.flatMap(([kind, texts]) => [
    {
      title: `gives back texts ${kind}, in states and events`,
      run: (context: CaseContext) => expectEverywhere(context, [...texts, keysOf(texts)]),
    },
    {
      title: `gives back texts ${kind}, in fields of events`,
      run: (context: CaseContext) => expectInFields(context, texts),
    },
  ]),
  {
    title: 'gives back each text, number and empty thing alone, as the whole value of a key',
    async run(context) {
      const { service } = context;
      const all = [...textKinds.flatMap(([, texts]) => texts), ...numbers, ...empties, ...markers];
      const values = Object.fromEntries(all.map((value, i) => [`k${i}`, value]));
      const prefixed = (prefix: string) =>
        Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
      const state = { ...prefixed(''), ...prefixed('user:'), ...prefixed('app:') };
      const created = await newSession(context, state);
      assert.deepEqual(await readState(service, created), state);
      const appended = await newSession(context);
      await service.appendEvent({ ...appended, event: { actions: { stateDelta: state } } });
      assert.deepEqual(await readState(service, appended), state);
      for (const owner of ownersOf(context.newKey())) {
        assert.deepEqual(await service.updateState({ ...owner, set: values }), values);
        assert.deepEqual(await service.getState(owner), values);
      }
    },
  },
  {
    title: 'gives back numbers of every size as they were, in every way',
    run: (context) => expectEverywhere(context, numbers),
  },
  {
    title: 'gives back what looks like a mark of a serializer as it was, in every way',
    run: (context) => expectEverywhere(context, markers),
  },
  {
    title: 'gives back empty things, each as what it was, in every way',
    run: (context) => expectEverywhere(context, empties),
  },
  {
    title: 'is `already_exists` for content that is only alike, in any field',
    async run(context) {
      const { service } = context;
      const key = await newSession(context);
      const fields: readonly ((value: unknown) => object)[] = [
        (value) => ({ customMetadata: { value } }),
        (value) => ({ unknownField: value }),
        (value) => ({ actions: { stateDelta: { own: value } } }),
        (value) => ({ content: { parts: [{ functionCall: { args: { value } } }] } }),
      ];
      const pairs = alike.flatMap(([one, two], i) =>
        fields
          .filter((_, j) => (i + j) % 2 === 0)
          .map((of, j) => {
            const event = (value: unknown) => ({
              id: `e${i}-${j}`,
              timestamp: at(1),
              ...of(value),
            });
            return { stored: event(one), other: event(two) };
          }),
      );
      const events = pairs.map(({ stored }) => stored);
      await service.appendEvents({ ...key, events });
      await service.appendEvents({ ...key, events });
      for (const { other } of pairs) {
        const call = () => service.appendEvent({ ...key, event: other });
        await expectError(call, { code: 'already_exists', key });
      }
    },
  },
  {
    title: 'tells state keys apart that differ in a space, a form or an invisible character',
    async run(context) {
      const names = [
        'a b',
        'a  b',
        'a\u00a0b',
        'a\u200bb',
        'ab',
        'a\ufeffb',
        'a\u2028b',
        '\u00e9',
        'e\u0301',
      ];
      const more = [
        'É',
        '1',
        '01',
        '1.0',
        'true',
        'null',
        'a.b',
        'a[b]',
        'a"b',
        "a'b",
        'a\\b',
        '$a',
        '%',
        '_',
      ];
      const all = names.concat(more);
      const state = Object.fromEntries(
        ['', 'user:', 'app:'].flatMap((scope) => all.map((name, i) => [scope + name, i])),
      );
      const key = await newSession(context, state);
      assert.deepEqual(await readState(context.service, key), state);
      const other = await newSession(context);
      await context.service.appendEvent({ ...other, event: { actions: { stateDelta: state } } });
      assert.deepEqual(await readState(context.service, other), state);
    },
  },
]);

function keysOf(texts: readonly string[]): object {
  return Object.fromEntries(texts.map((text, i) => [nameOf(text), i]));
}

/** The text as a name of a property: half a surrogate pair is promised in values alone. */
function nameOf(text: string): string {
  return text.replace(/\p{Cs}/gu, 'half');
}
