import { HoldfastError } from '@holdfast/core';

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
    throw misconfigured('the server is part of a Cluster: add ?cluster=true to the URL');
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
}

function misconfigured(message: string): HoldfastError {
  return new HoldfastError('misconfigured', { message });
}
