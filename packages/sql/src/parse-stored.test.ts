import { describe, expect, it } from 'vitest';
import { parseStored } from './parse-stored.ts';

const key = { appName: 'app', userId: 'user', sessionId: 'session' };

describe('parseStored', () => {
  it('freezes all that it reads', () => {
    const value = parseStored('{"a":[{"__proto__":1}]}', { what: 'a value', key }) as {
      a: object[];
    };
    expect([value, value.a, value.a[0]].every(Object.isFrozen)).toBe(true);
    expect(Object.keys(value.a[0] as object)).toEqual(['__proto__']);
  });

  it('sets the seq of an event', () => {
    expect(parseStored('{"id":"e"}', { what: 'event 3', key, seq: 3 })).toEqual({
      id: 'e',
      seq: 3,
    });
  });

  it.each(['{', '', null, undefined])('calls %j corrupt, and says whose it is', (text) => {
    expect(() => parseStored(text, { what: 'event 3', key })).toThrow(
      expect.objectContaining({
        code: 'corrupt',
        key,
        message: expect.stringMatching(/^event 3 /),
      }),
    );
  });

  it('calls an event that is no object corrupt', () => {
    expect(() => parseStored('[]', { what: 'event 3', key, seq: 3 })).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  });

  it('names no session for the state of a user', () => {
    const owner = { appName: 'app', userId: 'user' };
    expect(() => parseStored('nope', { what: 'the state key "a"', key: owner })).toThrow(
      'the state key "a" of {"appName":"app","userId":"user"} cannot be read',
    );
  });
});
