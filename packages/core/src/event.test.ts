import type { Event as AdkEvent, EventActions as AdkEventActions } from '@google/adk';
import type { Content as GenaiContent, Part as GenaiPart } from '@google/genai';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { checkInteger } from './check-value.ts';
import type { Content, Part } from './content.ts';
import { createEvent } from './create-event.ts';
import type { Event, EventActions, EventInput } from './event.ts';
import { HoldfastError, isHoldfastError } from './holdfast-error.ts';
import { deepFreeze, type JsonObject, jsonEqual, thaw } from './json.ts';
import { formatJsonPath } from './json-copier.ts';
import { createUuidV7 } from './uuid-v7.ts';

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What our events have beside what ADK's have. */
type OurField = 'seq' | 'erased';
type OurAction =
  | 'removedStateKeys'
  | 'stateIncrements'
  | 'rewind'
  | 'rewindBeforeInvocationId'
  | 'retract'
  | 'compaction';

describe('the types of an event', () => {
  it('cover @google/adk and @google/genai field by field', () => {
    expectTypeOf<Exclude<keyof Event, OurField>>().toEqualTypeOf<Extract<keyof AdkEvent, string>>();
    expectTypeOf<Exclude<keyof EventActions, OurAction>>().toEqualTypeOf<keyof AdkEventActions>();
    expectTypeOf<keyof Part>().toEqualTypeOf<keyof GenaiPart>();
    expectTypeOf<keyof Content>().toEqualTypeOf<keyof GenaiContent>();
    expectTypeOf<GenaiPart>().toExtend<Part>();
    expectTypeOf<GenaiContent>().toExtend<Content>();
    expectTypeOf<AdkEvent>().toExtend<EventInput>();
    expectTypeOf<Event>().toExtend<EventInput>();
  });
});

describe('createEvent', () => {
  it('fills in an id, the time and empty actions', () => {
    const before = Date.now();
    const event = createEvent({ author: 'user' });
    expect(event.id).toMatch(uuidV7);
    expect(event.timestamp).toBeGreaterThanOrEqual(before);
    expect(event).toStrictEqual({
      id: event.id,
      timestamp: event.timestamp,
      invocationId: '',
      author: 'user',
      actions: { stateDelta: {}, artifactDelta: {} },
    });
    expect(createEvent().id).not.toBe(event.id);
  });

  it('keeps what it is given, and takes undefined as absent', () => {
    const given = { id: 'e1', timestamp: 5, invocationId: 'i', actions: { escalate: true } };
    expect(createEvent({ ...given, author: undefined })).toStrictEqual({
      ...given,
      actions: { stateDelta: {}, escalate: true },
    });
  });
});

describe('createEvent, given what is no event', () => {
  it('refuses it, and leaves actions that are none for the append to refuse', () => {
    expect(() => createEvent(null as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'event' }),
    );
    expect(createEvent({ actions: 5 as never }).actions).toBe(5);
  });
});

describe('createUuidV7', () => {
  it('begins with the time, and does not repeat', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => createUuidV7(0x0123456789ab)));
    expect(ids.size).toBe(1000);
    for (const id of ids) {
      expect(id).toMatch(uuidV7);
      expect(id.startsWith('01234567-89ab-7')).toBe(true);
    }
  });
});

describe('createUuidV7, of one process', () => {
  afterEach(() => vi.useRealTimers());

  it('ascends, within a millisecond too', () => {
    const ids = Array.from({ length: 50_000 }, () => createUuidV7());
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(uuidV7);
  });

  it('ascends if two copies of the package take turns', async () => {
    vi.resetModules();
    const other = await import('./uuid-v7.ts');
    expect(other.createUuidV7).not.toBe(createUuidV7);
    const ids = Array.from({ length: 1000 }, () => [createUuidV7(), other.createUuidV7()]).flat();
    expect(ids.toSorted()).toEqual(ids);
  });

  it('ascends where the clock is set back', () => {
    const before = createUuidV7();
    vi.useFakeTimers({ now: Date.now() - 60_000 });
    const ids = Array.from({ length: 100 }, () => createUuidV7());
    expect([before, ...ids].toSorted()).toEqual([before, ...ids]);
  });
});

describe('createUuidV7, given a bad time', () => {
  it.each([-1, 0.5, 2 ** 48, Number.NaN])('refuses %s', (time) => {
    expect(() => createUuidV7(time)).toThrow(expect.objectContaining({ path: 'time' }));
  });
});

describe('HoldfastError', () => {
  it('says whether a retry may help, and carries its cause', () => {
    const cause = new Error('socket');
    const error = new HoldfastError('unavailable', { message: 'no answer', cause });
    expect(error).toMatchObject({ name: 'HoldfastError', retryable: true, cause });
    expect(new HoldfastError('conflict', { message: 'x' }).retryable).toBe(false);
    expect('path' in error).toBe(false);
    expect(error).toBeInstanceOf(Error);
  });

  it('is known across copies of the package', () => {
    const error = new HoldfastError('closed', { message: 'x' });
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('holdfast.error'), {
      value: true,
    });
    const isOne = isHoldfastError as (error: unknown) => boolean;
    expect([error, foreign].every(isOne)).toBe(true);
    expect([new Error('x'), null, 'x', undefined].some(isOne)).toBe(false);
  });

  it('is told apart by its code', () => {
    const error = new HoldfastError('conflict', { message: 'x', revision: 7 });
    expect(isHoldfastError(error, 'conflict') && error.revision).toBe(7);
    expect(isHoldfastError(error, 'closed')).toBe(false);
    expect(isHoldfastError(new Error('x'), 'conflict')).toBe(false);
  });
});

describe('checkInteger', () => {
  it('names its range, and what it got', () => {
    expect(checkInteger(-0, { path: 'n', min: -1 })).toBe(0);
    expect(() => checkInteger('5', { path: 'n', min: 0 })).toThrow(
      'n must be an integer of at least 0, got "5"',
    );
    expect(() => checkInteger(6, { path: 'n', min: 0, max: 5 })).toThrow('from 0 to 5, got 6');
  });
});

describe('jsonEqual', () => {
  it.each([
    [{ a: 1, b: [2, { c: null }] }, { b: [2, { c: null }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { b: 1 }, false],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[], {}, false],
    [null, {}, false],
    ['1', 1, false],
    [{ toString: 1 }, { toString: 1 }, true],
    [{ a: 1 }, { toString: 1 }, false],
  ])('%j and %j: %j', (a, b, same) => {
    expect(jsonEqual(a, b)).toBe(same);
    expect(jsonEqual(b, a)).toBe(same);
  });
});

describe('thaw', () => {
  it('gives a copy of its own that can be changed, at any depth', () => {
    const frozen = deepFreeze({ parts: [{ text: 'a' }], ['__proto__']: { x: 1 } });
    const copy = thaw(frozen);
    copy.parts.push({ text: 'b' });
    (copy.parts[0] as { text: string }).text = 'c';
    expect(frozen.parts).toEqual([{ text: 'a' }]);
    expect(copy.parts).toEqual([{ text: 'c' }, { text: 'b' }]);
    expect(Object.hasOwn(copy, '__proto__')).toBe(true);
  });

  it('gives types that can be changed', () => {
    const event = createEvent({ actions: { stateDelta: { cart: ['book'] } } });
    const copy = thaw(event);
    copy.author = 'me';
    copy.actions.stateDelta['cart'] = [];
    const state: JsonObject = { a: 1 };
    const changed: Record<string, unknown> = thaw(state);
    changed['b'] = 2;
    expect([event.author, event.actions.stateDelta, state]).toEqual([
      undefined,
      { cart: ['book'] },
      { a: 1 },
    ]);
  });

  it('makes a history what @google/genai takes', () => {
    const history: readonly Content[] = [{ role: 'user', parts: [{ text: 'Hi' }] }];
    const contents: GenaiContent[] = thaw(history);
    expect(contents).toEqual(history);
  });
});

describe('formatJsonPath', () => {
  it('puts properties behind dots, and keys and indices in brackets', () => {
    expect(formatJsonPath(['actions', 'stateDelta', { key: 'cart' }, 2, 'price'])).toBe(
      'actions.stateDelta["cart"][2].price',
    );
    expect(formatJsonPath(['a b', '$x', ''])).toBe('["a b"].$x[""]');
  });
});
