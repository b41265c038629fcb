import { HoldfastError } from '@holdfast/core';
import { expect, it } from 'vitest';
import { translateError } from './redis-error.ts';

const codeOf = (message: string, isCluster = false) => {
  const error = Object.assign(new Error(message), { name: 'ReplyError' });
  const translated = translateError(error, { isCluster });
  expect(translated.cause).toBe(error);
  expect(translated.message).toContain(message);
  return translated.code;
};

it('tells what each error of a server means to a caller', () => {
  const script = 'script: 3b2f, on @user_script:5.';
  const codes = {
    [`WRONGTYPE Operation against a key holding the wrong kind of value ${script}`]: 'corrupt',
    // As Redis 6.2 has it.
    'ERR Error running script (call to f_3b2f): @user_script:5: WRONGTYPE Operation against a key':
      'corrupt',
    'ERR Error running script (call to f_3b2f): @user_script:5: @user_script: 5: -READONLY You can not':
      'unavailable',
    [`OOM command not allowed when used memory > 'maxmemory'. ${script}`]: 'unavailable',
    "READONLY You can't write against a read only replica.": 'unavailable',
    'LOADING Redis is loading the dataset in memory': 'unavailable',
    'BUSY Redis is busy running a script.': 'unavailable',
    'MASTERDOWN Link with MASTER is down': 'unavailable',
    'MISCONF Redis is configured to save RDB snapshots': 'unavailable',
    'NOREPLICAS Not enough good replicas to write.': 'unavailable',
    'CLUSTERDOWN Hash slot not served': 'unavailable',
    'TRYAGAIN Multiple keys request during rehashing of slot': 'unavailable',
    'NOAUTH Authentication required.': 'misconfigured',
    'WRONGPASS invalid username-password pair': 'misconfigured',
    "NOPERM this user has no permissions to run the 'rpush' command": 'misconfigured',
    "ERR The user executing the script can't run this command or subcommand": 'misconfigured',
    'ERR max number of clients reached': 'unavailable',
    'ERR Error running script: Script killed by user with SCRIPT KILL.': 'unavailable',
    'ERR Protocol error: invalid bulk length': 'too_large',
    'DENIED Redis is running in protected mode': 'misconfigured',
    'ERR Write commands not allowed after non deterministic commands.': 'misconfigured',
    "ERR unknown command 'EVALSHA'": 'misconfigured',
    [`ERR Unknown Redis command called from script ${script}`]: 'misconfigured',
    "CROSSSLOT Keys in request don't hash to the same slot": 'misconfigured',
    'ERR This instance has cluster support disabled': 'misconfigured',
    'ERR DB index is out of range': 'misconfigured',
    'ERR hash value is not an integer': 'internal',
  };
  for (const [message, code] of Object.entries(codes)) expect(codeOf(message)).toBe(code);
});

it('takes a slot that is elsewhere for a wrong client only if nobody follows it', () => {
  expect(codeOf('MOVED 3999 127.0.0.1:6381')).toBe('misconfigured');
  expect(codeOf('MOVED 3999 127.0.0.1:6381', true)).toBe('unavailable');
  expect(codeOf('ASK 3999 127.0.0.1:6381', true)).toBe('unavailable');
});

it('takes an error that is not a reply for a server that cannot be reached', () => {
  const lost = translateError(new Error('read ECONNRESET'), { isCluster: false });
  expect([lost.code, lost.retryable]).toStrictEqual(['unavailable', true]);
  const lastNodeError = Object.assign(new Error('WRONGPASS invalid'), { name: 'ReplyError' });
  const unreachable = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError });
  expect(translateError(unreachable, { isCluster: true })).toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('WRONGPASS'),
    cause: unreachable,
  });
  const own = new HoldfastError('conflict', { message: 'x' });
  expect(translateError(own, { isCluster: false })).toBe(own);
});

it('takes a fault of a program for nothing that passes by itself', () => {
  const faults = [new TypeError('x is undefined'), new RangeError('Maximum call stack'), 'odd'];
  for (const fault of faults) {
    expect(translateError(fault, { isCluster: false })).toMatchObject({
      code: 'internal',
      retryable: false,
      cause: fault,
    });
  }
  const long = new RangeError('Invalid string length');
  expect(translateError(long, { isCluster: false }).code).toBe('too_large');
});

it('takes a connection that TLS refuses for one that somebody has to set up otherwise', () => {
  for (const code of ['EPROTO', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID']) {
    const error = Object.assign(new Error('TLS'), { code });
    expect(translateError(error, { isCluster: false }).code).toBe('misconfigured');
  }
});
