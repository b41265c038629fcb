import { HoldfastError } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { isConnectionLost, translateError } from './postgres-error.ts';

function errorWith(code: string): Error {
  return Object.assign(new Error('what the driver says'), { code });
}

describe('An error of PostgreSQL', () => {
  const codes = {
    '28P01': 'misconfigured',
    '28000': 'misconfigured',
    '3D000': 'misconfigured',
    '3F000': 'misconfigured',
    '42501': 'misconfigured',
    '42703': 'misconfigured',
    '42P01': 'misconfigured',
    '42601': 'internal',
    '40P01': 'unavailable',
    '53300': 'unavailable',
    '57014': 'unavailable',
    XX000: 'internal',
    XX001: 'corrupt',
    XX002: 'corrupt',
    '54000': 'too_large',
    ECONNREFUSED: 'unavailable',
    EPIPE: 'unavailable',
    ENOTFOUND: 'unavailable',
    '0A000': 'unsupported',
    '22023': 'misconfigured',
    '23502': 'misconfigured',
    '42804': 'misconfigured',
    '53400': 'misconfigured',
    '57P04': 'misconfigured',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'misconfigured',
    ERR_TLS_CERT_ALTNAME_INVALID: 'misconfigured',
  };
  for (const [code, expected] of Object.entries(codes)) {
    it(`is \`${expected}\` where its code is ${code}`, () => {
      const cause = errorWith(code);
      const error = translateError(cause);
      expect(error).toMatchObject({ code: expected, retryable: expected === 'unavailable', cause });
      expect(error.message).toContain('what the driver says');
    });
  }

  it('is `too_large` where a statement is longer than a string can be', () => {
    expect(translateError(new RangeError('Invalid string length')).code).toBe('too_large');
  });

  it('stays as it is where it was translated before', () => {
    const error = new HoldfastError('conflict', { message: 'moved on' });
    expect(translateError(error)).toBe(error);
  });

  it('tells whether its connection can be used again', () => {
    const lost = ['08006', '57P01', '25006', '25P02', 'EPIPE', 'ECONNRESET'];
    for (const code of lost) expect(isConnectionLost(errorWith(code))).toBe(true);
    const whole = ['23505', '40001', '42P01', '42501', '57014', '53200'];
    for (const code of whole) expect(isConnectionLost(errorWith(code))).toBe(false);
    expect(isConnectionLost(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isConnectionLost(new HoldfastError('conflict', { message: 'moved on' }))).toBe(false);
  });
});
