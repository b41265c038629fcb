import { HoldfastError } from '@holdfast/core';

/** Refuses a server by what `INFO` says of it. What it doesn't say is taken to be all right. */
export function checkServer(info: string, { isCluster }: { readonly isCluster: boolean }): void {
  const facts = new Map(
    Array.from(info.matchAll(/^([^:#\r\n]+):(.*?)\r?$/gm), ([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
  const version = facts.get('redis_version');
  // Valkey says which Redis it is like.
  const [major = 0, minor = 0] = (version ?? '99').split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw unsupported(`it needs Redis 6.2 or newer, or Valkey, and this is Redis ${version}`);
  }
  const mode = facts.get('redis_mode');
  if (mode === 'sentinel') throw unsupported('this is a Sentinel, which keeps no data');
  if (mode === 'cluster' && !isCluster) {
    throw unsupported('the server is part of a Cluster: add ?cluster=true to the URL');
  }
  if (mode === 'standalone' && isCluster) {
    throw unsupported('the server is not part of a Cluster: take ?cluster=true out of the URL');
  }
  const policy = facts.get('maxmemory_policy') ?? '';
  if (policy.startsWith('allkeys') && facts.get('maxmemory') !== '0') {
    throw unsupported(
      `the server would evict parts of sessions: its maxmemory-policy is ${policy}, and must be noeviction`,
    );
  }
}

function unsupported(message: string): HoldfastError {
  return new HoldfastError('unsupported', { message });
}
