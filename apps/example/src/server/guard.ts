import { HoldfastError } from '@holdfast/core';
import type { Context, MiddlewareHandler } from 'hono';
import { ForeignRequest } from './refusal.ts';

/** The largest body of a request, and the largest message of a WebSocket, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;

/** How long others may keep the server waiting for a request, or for taking an answer, in ms. */
export const PATIENCE = 30_000;

export interface GuardOptions {
  /** A name, beside those of loopback, by which the server may be asked for. */
  readonly host?: string | undefined;
}

/**
 * Refuses requests that another site's page has made: by a name that is not ours (a foreign
 * name may lead to this machine, and its page would then be of our origin), or from an origin
 * that is not ours.
 */
export function guardOrigin({ host: ownHost }: GuardOptions): MiddlewareHandler {
  return async (c, next) => {
    const host = hostOf(c);
    if (host === undefined || !isOwnName(host.hostname, ownHost)) {
      throw new ForeignRequest('Host', 'is not a name of this server');
    }
    const origin = c.req.header('Origin');
    if (origin !== undefined && origin !== `http://${host.host}`) {
      throw new ForeignRequest('Origin', 'is not that of this server');
    }
    await next();
  };
}

/**
 * Refuses what another site's page has made a browser ask, a link that was followed included.
 * Such a request comes without our cookie, so it would be taken for one of the first user. The
 * page itself may be linked to: what it asks for comes from here, with the cookie.
 */
export const guardSite: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('Sec-Fetch-Site') ?? 'none';
  // What says its origin says it exactly: `guardOrigin` has let it through.
  const isOwn = c.req.header('Origin') !== undefined;
  if (!isOwn && site !== 'same-origin' && site !== 'none') {
    throw new ForeignRequest('Sec-Fetch-Site', 'is that of another site');
  }
  await next();
};

/** How much of a body that is too large is read and thrown away, in bytes. */
const MAX_DISCARDED = 16 * 1024 * 1024;

/**
 * Refuses large bodies with `too_large`, and keeps nothing of them. They are read to their end
 * all the same, within reason: whoever is still sending would not hear the answer.
 */
export const limitBody: MiddlewareHandler = async (c, next) => {
  const { body } = c.req.raw;
  if (body === null) return next();
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of orBreakOff(body)) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) kept.push(chunk);
    if (size > MAX_DISCARDED) break;
  }
  if (size > MAX_BODY_BYTES) {
    const message = `the body has more than ${MAX_BODY_BYTES} bytes`;
    throw new HoldfastError('too_large', { message });
  }
  c.req.raw = new Request(c.req.raw, { body: Buffer.concat(kept) });
  return next();
};

/** A body that its sender does not end is the sender's failure. Nobody will hear of it. */
async function* orBreakOff(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new HoldfastError('invalid_argument', { message: 'the body broke off', cause });
  }
}

/** Headers of every answer. Nothing is loaded from elsewhere, nothing inline is run. */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  const host = hostOf(c)?.host;
  await next();
  // 'self' does not mean the WebSocket in every browser.
  const sockets = host === undefined ? '' : ` ws://${host}`;
  c.header(
    'Content-Security-Policy',
    `default-src 'self'; connect-src 'self'${sockets}; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  );
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('Cross-Origin-Opener-Policy', 'same-origin');
  c.header('Cross-Origin-Resource-Policy', 'same-origin');
};

/** By which name the server was asked for; undefined where that is no name. */
function hostOf(c: Context): URL | undefined {
  const host = c.req.header('Host') ?? new URL(c.req.url).host;
  return /^[\w.:[\]-]+$/u.test(host) && URL.canParse(`http://${host}`)
    ? new URL(`http://${host}`)
    : undefined;
}

function isOwnName(hostname: string, ownHost: string | undefined): boolean {
  if (hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/u.test(hostname)) {
    return true;
  }
  // Whoever listens on all addresses is asked for by any of them; a name could be anybody's.
  if (ownHost === '0.0.0.0' || ownHost === '::') return /^\[|^\d+(?:\.\d+){3}$/u.test(hostname);
  return ownHost !== undefined && hostname === hostnameOf(ownHost);
}

/** A host as a URL writes it. */
function hostnameOf(host: string): string | undefined {
  const url = `http://${host.includes(':') ? `[${host}]` : host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
