import { cpus, release, totalmem, type } from 'node:os';
import type { Machine } from './results.ts';

/** The machine, as far as it matters for a figure. */
export function describeMachine(servers: readonly string[]): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    servers,
  };
}
