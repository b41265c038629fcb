import { HoldfastError } from '@holdfast/core';
import type { LackingCommand } from './scripts/probe-commands.ts';

/** Refuses an unsuitable server by what its `INFO` says. What it leaves out is taken to be fine. */
export function checkServer(info: string, { isCluster }: { readonly isCluster: boolean }): void {
  const facts = new Map<string, string>();
  for (const [, name = '', value = ''] of info.matchAll(/^([^:#\r\n]+):(.*?)\r?$/gm)) {
    facts.set(name, value);
  }
  // Valkey says which Redis it is compatible with.
  const version = facts.get('redis_version') ?? '99';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new HoldfastError('unsupported', {
      message: `Redis 6.2 or newer, or Valkey, is needed, and this is Redis ${version}`,
    });
  }
  const mode = facts.get('redis_mode');
  if (mode === 'sentinel') throw misconfigured('this is a Sentinel, which keeps no data');
  if (mode === 'cluster' && !isCluster) {
    throw misconfigured(
      'the server is part of a Cluster, so the client must be a Cluster: add ?cluster=true to the URL',
    );
  }
  if (mode === 'standalone' && isCluster) {
    throw misconfigured('the server is not part of a Cluster: remove ?cluster=true from the URL');
  }
  const policy = facts.get('maxmemory_policy') ?? '';
  if (policy.startsWith('allkeys') && facts.get('maxmemory') !== '0') {
    throw misconfigured(
      `the server may evict parts of sessions: its maxmemory-policy is ${policy}, and must be noeviction`,
    );
  }
  if (facts.get('role') === 'slave' && facts.get('slave_read_only') === '0') {
    throw misconfigured(
      'the server is a replica that loses what is written to it: its replica-read-only must be yes',
    );
  }
}

/** The error of calls that need one of these commands; undefined if all are there. */
export function lackingError(lacking: readonly LackingCommand[]): HoldfastError | undefined {
  const named = (isUnknown: boolean) =>
    lacking.filter((each) => each.isUnknown === isUnknown).map(({ name }) => name);
  const [unknown, denied] = [named(true), named(false)];
  const problems = [
    ...(unknown.length > 0 ? [`the server does not know the command ${unknown.join(', ')}`] : []),
    ...(denied.length > 0 ? [`the user lacks the permission for ${denied.join(', ')}`] : []),
  ];
  return problems.length === 0 ? undefined : misconfigured(problems.join('; '));
}

function misconfigured(message: string): HoldfastError {
  return new HoldfastError('misconfigured', { message });
}
