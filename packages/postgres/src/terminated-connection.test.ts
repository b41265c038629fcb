import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DyingServer } from './dying-server.fixture.ts';

const program = fileURLToPath(new URL('./terminated-connection.fixture.ts', import.meta.url));

describe('A connection that is terminated in the moment in which it is made', () => {
  let server: DyingServer;
  beforeAll(async () => {
    server = await DyingServer.start();
  });
  afterAll(() => server.stop());

  const kinds = { open: 'that open makes', pool: 'of a brought pool', client: 'that was brought' };
  for (const [kind, title] of Object.entries(kinds)) {
    it(`makes the call unavailable and leaves the process running, if it is one ${title}`, async () => {
      const args = ['--import', 'tsx', program, kind, server.url];
      const outcome = await new Promise((resolve) => {
        execFile(process.execPath, args, (error, stdout, stderr) =>
          resolve({ exit: error?.code ?? 0, stdout, stderr }),
        );
      });
      expect(outcome).toStrictEqual({ exit: 0, stdout: 'unavailable\n', stderr: '' });
    });
  }
});
