import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Flood, FloodReport, RequestFlood, SocketFlood } from './flood.fixture.ts';

/** How many connections are made at once: of more, a system that is busy loses some. */
const BATCH = 100;

/** How many messages it sends until it looks whether there is an answer. */
const TOLD_AT_ONCE = 1000;

/** The program that floods, in a process of its own: `process.argv[2]` says what, as JSON. */
const flood = JSON.parse(process.argv[2] ?? '') as Flood;
const report: FloodReport = { statuses: {}, answers: 0, closeCode: undefined };
process.on('disconnect', () => process.exit());
setInterval(() => process.send?.(report), 20);

switch (flood.kind) {
  case 'requests':
    await request(flood);
    break;
  case 'socket':
    await talk(flood);
}
process.send?.('flooding');

async function request({ url, path, cookie, connections, times, reads }: RequestFlood) {
  const { host, hostname, port } = new URL(url);
  const head = [`GET ${path} HTTP/1.1`, `Host: ${host}`, `Cookie: ${cookie}`];
  for (let open = 0; open < connections; open += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, connections - open) }, async () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      if (reads) socket.setEncoding('latin1').on('data', count);
      await once(socket, 'connect');
      socket.write(`${head.join('\r\n')}\r\n\r\n`.repeat(times));
    });
    await Promise.all(batch);
  }
}

function count(text: string): void {
  for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3})/gu)) {
    report.answers++;
    report.statuses[status] = (report.statuses[status] ?? 0) + 1;
  }
}

async function talk({ path, message, times }: SocketFlood): Promise<void> {
  const url = new URL(path, flood.url);
  url.protocol = 'ws:';
  const socket = new WebSocket(url, { headers: { Cookie: flood.cookie } });
  socket.on('error', () => {});
  socket.on('message', () => report.answers++);
  socket.on('close', (code) => {
    report.closeCode = code;
  });
  await once(socket, 'open');
  for (let i = 0; i < times; i++) {
    if (message === undefined) socket.ping();
    else socket.send(message);
    // Who never listens is cut off after two seconds, and hears nothing.
    if (i % TOLD_AT_ONCE === 0) await turn();
  }
}
