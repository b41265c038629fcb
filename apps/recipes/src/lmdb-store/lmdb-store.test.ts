import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testSessionService } from '@holdfast/testkit';
import { startServiceProcess } from '@holdfast/testkit/process';
import { afterAll, describe, expect, it } from 'vitest';
import { LmdbSessionService } from './lmdb-session-service.ts';

const path = mkdtempSync(join(tmpdir(), 'lmdb-store-'));
const open = () => LmdbSessionService.open({ path });
afterAll(() => rmSync(path, { recursive: true, force: true }));

testSessionService(
  { describe, it },
  {
    name: 'lmdb',
    create: open,
    reopen: open,
    startProcess: () =>
      startServiceProcess({
        module: new URL('./lmdb-process.fixture.ts', import.meta.url),
        storage: path,
        execArgv: ['--import', 'tsx'],
      }),
  },
);

it('has these capabilities', async () => {
  await using service = await open();
  expect(service.capabilities).toStrictEqual({
    persistent: true,
    shared: true,
    evicts: false,
    atomicAppState: true,
    listAllUsers: true,
    updateSession: false,
    getEvent: false,
    fork: false,
    erase: false,
    increments: false,
    turns: false,
    sweep: false,
    eraseUser: false,
    listUsers: false,
    importSession: false,
    watch: false,
  });
});
