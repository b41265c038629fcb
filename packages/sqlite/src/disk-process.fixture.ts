import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHoldfastError } from '@holdfast/core';
import { SqliteSessionService } from './sqlite-session-service.ts';

const MOUNT = 'mount';
const key = { appName: 'app', userId: 'user', sessionId: 'session' };
const event = { content: { role: 'user', parts: [{ text: 'x'.repeat(20_000) }] } };

/** What happened on a small disk that became full, had space again, and then became read-only. */
export interface DiskReport {
  /** The codes of the calls that the full disk refused. */
  readonly whenFull: readonly string[];
  readonly acknowledged: number;
  readonly readWhenFull: number;
  /** The `seq` of an append after space was made. */
  readonly seqAfter: number | undefined;
  readonly openReadOnly: string;
  readonly readOnlyFile: { readonly revision: number | undefined; readonly append: string };
}

function mount(args: readonly string[]): void {
  execFileSync(MOUNT, args);
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    return isHoldfastError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

/** Runs in a mount namespace of its own: the folder is a small disk that nobody else sees. */
async function main(): Promise<DiskReport> {
  const { driver, folder } = JSON.parse(process.argv[2] ?? '{}');
  const file = join(folder, 'chat.db');
  const open = () => SqliteSessionService.open({ url: `sqlite:${file}`, driver });
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(500_000));

  const service = await open();
  await service.create(key);
  let acknowledged = 0;
  const whenFull: string[] = [];
  while (whenFull.length < 3 && acknowledged < 1000) {
    const code = await codeOf(service.appendEvent({ ...key, event }));
    if (code === 'none') acknowledged++;
    else whenFull.push(code);
  }
  const readWhenFull = (await service.get(key))?.events.length ?? -1;
  rmSync(ballast);
  const { seq: seqAfter } = await service.appendEvent({ ...key, event });
  await service.close();

  mount(['--bind', file, file]);
  mount(['-o', 'remount,ro,bind', file]);
  const reader = await open();
  const readOnlyFile = {
    revision: (await reader.get({ ...key, numRecentEvents: 0 }))?.revision,
    append: await codeOf(reader.appendEvent({ ...key, event })),
  };
  await reader.close();

  const readOnly = join(folder, 'read-only');
  mkdirSync(readOnly);
  mount(['--bind', readOnly, readOnly]);
  mount(['-o', 'remount,ro,bind', readOnly]);
  const url = `sqlite:${join(readOnly, 'chat.db')}`;
  const openReadOnly = await codeOf(SqliteSessionService.open({ url, driver }));
  return { whenFull, acknowledged, readWhenFull, seqAfter, openReadOnly, readOnlyFile };
}

console.log(JSON.stringify(await main()));
