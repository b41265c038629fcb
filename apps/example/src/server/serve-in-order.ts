import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests are begun in one turn of the event loop. */
const AT_ONCE = 10;

type Serve = () => void;

/**
 * Has the requests of one connection worked one after the other, and not too many begun at once,
 * however many have come. (Node hands out all of them, and only sends the answers of a connection
 * in order.) While requests of a connection wait, it is not read on.
 */
export function serveInOrder(server: EventEmitter): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  const waiting = new WeakMap<Socket, Serve[]>();
  const ready: Serve[] = [];
  let begun = 0;

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const serve = () => {
      response.once('close', () => goOn(socket));
      for (const listener of listeners) listener.call(server, request, response);
    };
    const queue = waiting.get(socket);
    if (queue === undefined) {
      waiting.set(socket, []);
      begin(serve);
    } else {
      queue.push(serve);
      socket.pause();
    }
  });

  function begin(serve: Serve): void {
    if (begun === 0) setImmediate(turn);
    if (begun === AT_ONCE) ready.push(serve);
    else {
      begun++;
      serve();
    }
  }

  function turn(): void {
    begun = 0;
    for (const serve of ready.splice(0, AT_ONCE)) begin(serve);
  }

  function goOn(socket: Socket): void {
    const queue = waiting.get(socket);
    const serve = socket.destroyed ? undefined : queue?.shift();
    if (serve === undefined) waiting.delete(socket);
    else begin(serve);
    if (!queue?.length) socket.resume();
  }
}
