import { fileURLToPath } from 'node:url';
import type { SessionCapabilities } from '@holdfast/session';
import type { ServiceProcess } from '../conformance-options.ts';
import { remoteService } from './remote-service.ts';
import { ServiceChild } from './service-child.ts';

export interface ServiceProcessOptions {
  /** The module that calls `serveService`: its path, or its URL. */
  readonly module: string | { readonly href: string };
  /** What the module opens: a path, a URL, a prefix … The module is given it as it is. */
  readonly storage: string;
  /**
   * What Node is given before the module, such as `['--import', 'tsx']` if it is TypeScript.
   * @default []
   */
  readonly execArgv?: readonly string[];
}

/**
 * A service in another process, over some storage. A process whose service was closed is used
 * again for the next one; none keeps this process running.
 *
 * @example
 * await runConformance({
 *   name: 'my store',
 *   create: () => MySessionService.open({ url }),
 *   reopen: () => MySessionService.open({ url }),
 *   startProcess: () =>
 *     startServiceProcess({ module: new URL('./my-store.process.js', import.meta.url), storage: url }),
 * });
 */
export async function startServiceProcess({
  module,
  storage,
  execArgv = [],
}: ServiceProcessOptions): Promise<ServiceProcess> {
  const path = typeof module === 'string' ? module : fileURLToPath(module.href);
  const kind = JSON.stringify([path, execArgv]);
  const child = takeIdle(kind) ?? new ServiceChild(path, execArgv);
  const { id, value } = await child.ask({ type: 'open', storage });
  const service = remoteService(child, {
    id,
    capabilities: Object.freeze(value as SessionCapabilities),
    onClose: () => idle.set(kind, [...(idle.get(kind) ?? []), child]),
  });
  return { service, kill: () => child.kill() };
}

const idle = new Map<string, ServiceChild[]>();

function takeIdle(kind: string): ServiceChild | undefined {
  const children = idle.get(kind) ?? [];
  const child = children.pop();
  return child === undefined || child.isRunning ? child : takeIdle(kind);
}
