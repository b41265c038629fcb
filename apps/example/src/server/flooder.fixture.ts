import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Flood, FloodReport } from './flood.fixture.ts';

/** The program that floods, in a process of its own: `process.argv[2]` says what, as JSON. */
const flood = JSON.parse(process.argv[2] ?? '') as Flood;
const report: FloodReport = { statuses: {}, answers: 0, closeCode: undefined };
setInterval(() => process.send?.(report), 20);

switch (flood.kind) {
  case 'requests':
    for (const socket of await openAll(flood.connections)) request(socket, flood);
    break;
  case 'socket':
    await talk(flood);
}
process.send?.('flooding');

async function openAll(count: number): Promise<readonly Socket[]> {
  const { port, hostname } = new URL(flood.url);
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname));
  for (const socket of sockets) socket.on('error', () => {});
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
}

function request(socket: Socket, { path, times, reads }: Extract<Flood, { kind: 'requests' }>) {
  const { host } = new URL(flood.url);
  const head = [`GET ${path} HTTP/1.1`, `Host: ${host}`, `Cookie: ${flood.cookie}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n`.repeat(times));
  if (!reads) return;
  socket.setEncoding('latin1').on('data', (text: string) => {
    for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3})/gu)) {
      report.answers++;
      report.statuses[status] = (report.statuses[status] ?? 0) + 1;
    }
  });
}

async function talk({ path, message, times }: Extract<Flood, { kind: 'socket' }>): Promise<void> {
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
  }
}
