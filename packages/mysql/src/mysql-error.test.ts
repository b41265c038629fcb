import { HoldfastError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { isConnectionLost, isContention, isMissingTable, translateError } from './mysql-error.ts';

function driverError(properties: object): Error {
  return Object.assign(new Error('as the driver says it'), properties);
}

describe('translateError', () => {
  const codes: readonly [object, string][] = [
    [{ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 'unavailable'],
    [{ code: 'ECONNREFUSED', errno: -111 }, 'unavailable'],
    [{ code: 'ETIMEDOUT' }, 'unavailable'],
    [{ errno: 1053 }, 'unavailable'],
    [{ errno: 1927 }, 'unavailable'],
    [{ errno: 1040 }, 'unavailable'],
    [{ errno: 1045 }, 'misconfigured'],
    [{ errno: 1142 }, 'misconfigured'],
    [{ errno: 1146 }, 'misconfigured'],
    [{ errno: 1054 }, 'misconfigured'],
    [{ errno: 1049 }, 'misconfigured'],
    [{ errno: 1317 }, 'unavailable'],
    [{ errno: 1205 }, 'unavailable'],
    [{ errno: 1213 }, 'unavailable'],
    [{ errno: 1290, message: 'running with the --read-only option' }, 'unavailable'],
    [{ errno: 1290, message: 'running with the --super-read-only option' }, 'unavailable'],
    [{ errno: 1290, message: 'running with the --secure-file-priv option' }, 'misconfigured'],
    [{ errno: 1020 }, 'unavailable'],
    [{ errno: 1047 }, 'unavailable'],
    [{ errno: 1176 }, 'misconfigured'],
    [{ errno: 1820 }, 'misconfigured'],
    [{ errno: 1184, message: 'aborted (init_connect command failed)' }, 'misconfigured'],
    [{ errno: 1184, message: 'aborted (unauthenticated)' }, 'unavailable'],
    [{ code: 'AUTH_SWITCH_PLUGIN_ERROR', fatal: true }, 'misconfigured'],
    [{ code: 'HANDSHAKE_NO_SSL_SUPPORT', fatal: true }, 'misconfigured'],
    [{ code: 'HANDSHAKE_SSL_ERROR', fatal: true }, 'misconfigured'],
    [{ code: 'HANDSHAKE_SSL_ERROR', errno: -104, fatal: true }, 'unavailable'],
    [{ message: 'Pool is closed.' }, 'unavailable'],
    [{ message: 'a mistake of the driver' }, 'internal'],
    [{ errno: 1792 }, 'unavailable'],
    [{ errno: 1836 }, 'unavailable'],
    [{ errno: 1021 }, 'unavailable'],
    [{ errno: 1114 }, 'unavailable'],
    [{ errno: 1153 }, 'too_large'],
    [{ errno: 1301 }, 'too_large'],
    [{ errno: 1406 }, 'too_large'],
    [{ errno: 1194 }, 'corrupt'],
    [{ errno: 1712 }, 'corrupt'],
    [{ errno: 1064 }, 'unsupported'],
    [{ errno: 1665 }, 'misconfigured'],
    [{ errno: 9999 }, 'internal'],
  ];
  for (const [properties, code] of codes) {
    it(`makes ${code} of ${JSON.stringify(properties)}`, () => {
      const cause = driverError(properties);
      const error = translateError(cause);
      expect(error).toMatchObject({ code, cause, retryable: code === 'unavailable' });
      expect(error.message).toContain(cause.message);
    });
  }

  it('leaves an error of Holdfast as it is', () => {
    const error = new HoldfastError('too_large', { message: 'too large' });
    expect(translateError(error)).toBe(error);
    expect(isConnectionLost(error)).toBe(false);
  });

  it('takes anything', () => {
    for (const thrown of [undefined, null, 'text', 7, {}]) {
      expect(translateError(thrown)).toMatchObject({ code: 'internal' });
    }
  });
});

describe('The kind of an error', () => {
  it('tells a lost connection from a statement that was refused', () => {
    expect(isConnectionLost(driverError({ fatal: true, errno: 1064 }))).toBe(true);
    expect(isConnectionLost(driverError({ code: 'ECONNRESET', errno: -104 }))).toBe(true);
    expect(isConnectionLost(driverError({ errno: 1836 }))).toBe(true);
    expect(isConnectionLost(driverError({ errno: 1062 }))).toBe(false);
    expect(isConnectionLost(driverError({ errno: 1213 }))).toBe(false);
  });

  it('tells what may go through soon, and what is missing', () => {
    expect(isContention(driverError({ errno: 1213 }))).toBe(true);
    expect(isContention(driverError({ errno: 1062 }))).toBe(false);
    expect(isMissingTable(driverError({ errno: 1146 }))).toBe(true);
    expect(isMissingTable(undefined)).toBe(false);
  });
});
