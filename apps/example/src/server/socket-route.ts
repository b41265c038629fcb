import { invalidArgument } from '@holdfast/core/internal';
import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import type { SocketFrame } from '../api/wire.ts';
import { type AppContext, sessionKeyOf } from './app-context.ts';
import { Conversation } from './conversation.ts';
import { conversationNotFound } from './wire-error.ts';

/** How far a WebSocket's reader may be behind, in bytes, before it is cut off. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** The codes with which a WebSocket is closed whose other side asks too much, or reads too slowly. */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

/** Whether a path is that of a WebSocket. */
export function isSocketPath(path: string): boolean {
  return /^\/api\/sessions\/[^/]+\/socket$/u.test(path);
}

/** A conversation over a WebSocket, on which both sides may speak at any time. */
export function socketRoute(app: AppContext): Hono {
  const upgrade = upgradeWebSocket(async (c) => {
    const key = sessionKeyOf(c, app);
    const session = await app.service.get({ ...key, numRecentEvents: 0 });
    if (session === undefined) throw conversationNotFound(key);
    let conversation: Conversation | undefined;
    return {
      onMessage({ data }, socket) {
        const raw = socket.raw as unknown as { readonly bufferedAmount: number } | undefined;
        const send = (frame: SocketFrame) => {
          if (socket.readyState !== 1) return;
          if ((raw?.bufferedAmount ?? 0) > MAX_BUFFERED) socket.close(TRY_AGAIN_LATER, 'too slow');
          else socket.send(JSON.stringify(frame));
        };
        const close = (reason: string) => socket.close(POLICY_VIOLATION, reason);
        conversation ??= new Conversation({ hub: app.hub, key, send, close });
        void conversation.hear(data);
      },
      onClose: () => conversation?.leave(),
    };
  });
  return new Hono().get('/:id/socket', upgrade, () => {
    throw invalidArgument('Upgrade', 'must be websocket');
  });
}
