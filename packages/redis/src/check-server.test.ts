import { expect, it } from 'vitest';
import { checkServer } from './check-server.ts';

const problemOf = (info: string, isCluster = false) => {
  try {
    checkServer(`# Server\r\n${info.replaceAll(' ', '\r\n')}\r\n`, { isCluster });
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

it('takes a server that is new enough, and whatever it does not say', () => {
  expect(problemOf('redis_version:6.2.0 redis_mode:standalone')).toBe('none');
  expect(problemOf('redis_version:7.2.4 server_name:valkey redis_mode:cluster', true)).toBe('none');
  expect(problemOf('uptime_in_seconds:7')).toBe('none');
});

it('tells a server that cannot do it from one that a person has to set up otherwise', () => {
  expect(problemOf('redis_version:6.0.16')).toBe('unsupported');
  expect(problemOf('redis_version:5.0.14')).toBe('unsupported');
  expect(problemOf('redis_mode:sentinel')).toBe('misconfigured');
  expect(problemOf('redis_mode:cluster')).toBe('misconfigured');
  expect(problemOf('redis_mode:standalone', true)).toBe('misconfigured');
  expect(problemOf('maxmemory:9 maxmemory_policy:allkeys-lfu')).toBe('misconfigured');
  expect(problemOf('maxmemory:0 maxmemory_policy:allkeys-lfu')).toBe('none');
  expect(problemOf('maxmemory:9 maxmemory_policy:volatile-ttl')).toBe('none');
});
