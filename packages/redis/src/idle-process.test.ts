import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { OwnCluster } from './own-cluster.fixture.ts';
import { describeWithOwnServer, OwnServer } from './own-server.fixture.ts';
import { TcpProxy } from './tcp-proxy.fixture.ts';

describeWithOwnServer('a process that forgets to close what `open` has opened', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await OwnServer.start();
  });
  afterAll(() => server.remove());

  it('ends when it has nothing else to do', async () => {
    expect(await outputOf(start(server.url, 'idle'))).toStrictEqual(['idle', 0]);
  });

  it('ends when its server is gone, too', async () => {
    const gone = await OwnServer.start();
    onTestFinished(() => gone.remove());
    const child = start(gone.url, 'idle');
    child.stdout.once('data', () => void gone.stop('SIGKILL'));
    expect(await outputOf(child)).toStrictEqual(['idle', 0]);
  });

  it('goes on until a call that waits is answered', async () => {
    const proxy = await TcpProxy.start(server.port);
    onTestFinished(() => proxy.stop());
    const child = start(proxy.url, 'waits');
    child.stdout.once('data', () => {
      server.signal('SIGSTOP');
      setTimeout(() => server.signal('SIGCONT'), 300);
    });
    expect(await outputOf(child)).toStrictEqual(['waiting\nanswered 0', 0]);
  });

  it('ends on a Cluster as well', async () => {
    const cluster = await OwnCluster.start();
    onTestFinished(() => cluster.remove());
    expect(await outputOf(start(cluster.url, 'idle'))).toStrictEqual(['idle', 0]);
  });
});

function start(...args: readonly string[]) {
  const fixture = fileURLToPath(new URL('./idle-process.fixture.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', fixture, ...args], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** What it has said, and the code that it ended with. */
async function outputOf(child: ReturnType<typeof start>) {
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const [code] = await once(child, 'exit');
  return [output.trim(), code];
}
